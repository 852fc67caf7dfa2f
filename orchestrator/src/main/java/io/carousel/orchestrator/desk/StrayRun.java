package io.carousel.orchestrator.desk;

import java.time.Instant;

/**
 * Neighbours in {@code carousel.events} that are no part of the history, with the same fault.
 *
 * @param first offset in Kafka
 * @param last offset in Kafka
 * @param after the sequence number of the last event before them
 * @param kind of fault: {@code unsigned}, {@code repeated}, {@code early}, {@code given-up}, {@code
 *     old}
 * @param reason of the first of them
 * @param seen when this orchestrator read the last of them
 */
public record StrayRun(
    long first, long last, long count, long after, String kind, String reason, Instant seen) {}
