/**
 * A fleet of real servers and clients, each behind an agent of its own, under constant load: whole
 * rotations without one failed exchange, and controls that must fail.
 */
package io.carousel.e2e.fleet;
