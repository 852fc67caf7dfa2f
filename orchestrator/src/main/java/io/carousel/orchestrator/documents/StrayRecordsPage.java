package io.carousel.orchestrator.documents;

import java.time.Instant;
import java.util.List;

/**
 * What stands in the log's topic and is no part of the history.
 *
 * @param strays the last thousand runs, in the order of their offsets
 */
public record StrayRecordsPage(List<StrayLine> strays) {
  /**
   * Neighbours with the same fault.
   *
   * @param first offset in Kafka
   * @param last offset in Kafka
   * @param after the sequence number of the last event before them
   * @param kind of fault: {@code unsigned}, {@code repeated}, {@code early}, {@code given-up},
   *     {@code old}
   * @param reason of the first of them
   * @param seen when this orchestrator read the last of them
   */
  public record StrayLine(
      long first, long last, long count, long after, String kind, String reason, Instant seen) {}
}
