/**
 * Between the log, the rules and the desks: gives the rules what they need and the log what they
 * decide. Knows {@code events} and the other rooms of this module but Axon's, HTTP and the command
 * line.
 */
package io.carousel.orchestrator.application;
