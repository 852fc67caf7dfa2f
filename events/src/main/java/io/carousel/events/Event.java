package io.carousel.events;

import java.time.Instant;

/** What happened. Past tense, never amended; the log of these is the only durable truth. */
public sealed interface Event permits HouseEvent, AuthorityEvent, FleetEvent, EnrolmentEvent {

  /**
   * When, by the clock of the rules, which goes back only where {@link HouseEvent.TimeSetBack} says
   * so.
   */
  Instant at();
}
