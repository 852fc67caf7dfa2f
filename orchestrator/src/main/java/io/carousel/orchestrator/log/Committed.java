package io.carousel.orchestrator.log;

import io.carousel.events.seal.Head;
import java.time.Instant;

/**
 * The history up to some point, and the state that it leads to.
 *
 * @param at the time of its last event; {@link Instant#EPOCH} for an empty log
 */
public record Committed<S>(S state, Head head, Instant at) {}
