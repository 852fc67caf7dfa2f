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

  /** More than this is no network's fault. */
  private static final Duration AHEAD = Duration.ofSeconds(30);

  private Warnings() {}

  private static String inWords(Duration d) {
    if (d.toDays() > 1) {
      return d.toDays() + " days";
    }
    return d.toMinutes() > 120 ? d.toHours() + " hours" : d.toSeconds() + " s";
  }

  /**
   * As they are now.
   *
   * @param ofLog the time of the last event
   */
  static List<String> of(StrayRecords strays, Instant ofLog, Instant now) {
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
    Duration ahead = Duration.between(now, ofLog);
    if (ahead.compareTo(AHEAD) > 0) {
      warnings.add(
          "the log's time is %s ahead of this machine's clock (%s, and here it is %s): a clock is wrong, or was when that event was written; commands are decided, but nothing happens by time alone until the two agree: CRLs are not renewed, no hold ends and no key is destroyed; set the clock right"
              .formatted(inWords(ahead), ofLog, now));
    }
    return warnings;
  }
}
