/** The threat model, one class for each attacker: what each tries, and must not be able to do. */
package io.carousel.e2e.threats;
