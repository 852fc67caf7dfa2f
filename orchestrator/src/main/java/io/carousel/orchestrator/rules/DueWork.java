package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Time-driven work of one authority and slot: the unit that fails alone.
 *
 * @param authority empty if it is the slot's own work
 * @param slot empty if it concerns the authority as a whole
 * @param next the moments when some of it will be due
 * @param events what is due by now
 */
record DueWork(
    Optional<AuthorityName> authority,
    Optional<SlotName> slot,
    Supplier<Stream<Instant>> next,
    Function<Circumstances, List<Event>> events) {

  String key() {
    return DueFailure.key(authority, slot);
  }
}
