/**
 * Hosts that join by tokens, on a node as its operator has it: once, not twice, and in place of one
 * that was lost.
 */
package io.carousel.e2e.enrolment;
