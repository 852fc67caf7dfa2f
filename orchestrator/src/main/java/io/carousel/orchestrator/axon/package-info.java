/**
 * Axon Framework over the log: its event store reads from and writes to the log, its command bus
 * decides acts in the owner's thread on staged state, its processors follow what is committed.
 *
 * <p>The only package that knows Axon. It knows the JDK, {@code events} and {@code
 * orchestrator.log}, and not the rules.
 */
package io.carousel.orchestrator.axon;
