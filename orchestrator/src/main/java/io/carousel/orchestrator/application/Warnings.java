package io.carousel.orchestrator.application;

import io.carousel.orchestrator.log.StrayRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What an operator must see of an orchestrator's log and clock; a sentence each. */
final class Warnings {
  /** So long records that are no part of the history are told of. */
  private static final Duration TOLD = Duration.ofDays(1);

  private Warnings() {}

  static List<String> of(StrayRecords strays, Instant now) {
    var warnings = new ArrayList<String>();
    long fresh =
        strays.runs().stream()
            .filter(r -> r.seen().isAfter(now.minus(TOLD)))
            .mapToLong(StrayRecords.Run::count)
            .sum();
    if (fresh > 0) {
      warnings.add(
          "somebody wrote %d records into carousel.events that are no part of the history; they change nothing; 'carousel log --all' names them, and docs/recovery.md says what to look at"
              .formatted(fresh));
    }
    return warnings;
  }
}
