package io.carousel.orchestrator.axon;

import io.carousel.events.Event;

/** Follows what is committed. */
@FunctionalInterface
public interface Projection {
  /**
   * Takes one event, in their order and each at least once; what it throws is tried again.
   *
   * @param sequence its number in the log
   */
  void on(long sequence, Event event);
}
