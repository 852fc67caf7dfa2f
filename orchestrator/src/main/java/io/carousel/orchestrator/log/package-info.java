/**
 * The log: one partition of events, one owner, everybody else a hot standby. It reads acts in their
 * order, has them judged, and writes what was judged in one transaction with replies, outgoing
 * records and the position; it replays, checks and publishes the history; and it carries acts and
 * other signed records to and from Kafka for the rest of the orchestrator.
 *
 * <p>The only package of this module that knows Kafka. It knows the JDK and {@code events}, and
 * neither the rules nor Axon: what an act means is said by a {@link
 * io.carousel.orchestrator.log.Judge}.
 */
package io.carousel.orchestrator.log;
