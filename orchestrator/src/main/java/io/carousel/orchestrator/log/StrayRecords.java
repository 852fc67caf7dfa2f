package io.carousel.orchestrator.log;

import io.carousel.events.seal.Placed;
import java.time.Instant;
import java.util.List;

/**
 * What stands in {@code carousel.events} and is no part of the history: whoever controls Kafka has
 * put it there. It changes nothing.
 *
 * @param count of all records
 * @param runs the last thousand runs of them, in the order of their offsets
 */
public record StrayRecords(long count, List<Run> runs) {
  /** Nothing. */
  public static final StrayRecords NONE = new StrayRecords(0, List.of());

  /** Copies. */
  public StrayRecords {
    runs = List.copyOf(runs);
  }

  /**
   * Neighbours with the same fault.
   *
   * @param first offset
   * @param last offset
   * @param after the sequence number of the last event before them
   * @param reason of the first of them
   * @param seen when this instance read the last of them, by its clock
   */
  public record Run(
      long first,
      long last,
      long count,
      long after,
      Placed.Kind kind,
      String reason,
      Instant seen) {}
}
