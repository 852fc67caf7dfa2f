package io.carousel.orchestrator.log;

import io.carousel.events.seal.Placed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records of {@code carousel.events} that are no part of the history, and keeps where
 * the last of them stand: neighbours with the same fault are one run. Warns once a minute at most.
 * Thread-safe.
 */
final class Strays {
  private static final Logger LOG = LoggerFactory.getLogger(Strays.class);
  private static final int RUNS = 1_000;
  private static final long WARN_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private final InstantSource clock;

  // Guarded by this.
  private final Deque<StrayRecords.Run> runs = new ArrayDeque<>();
  private long count;
  private long warnedCount;
  private long warnedAt = System.nanoTime() - WARN_EVERY_NANOS;

  Strays(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes one in; one that was taken before changes nothing.
   *
   * @param after the sequence number of the last event before it
   */
  synchronized void add(long offset, long after, Placed.Stray stray) {
    StrayRecords.Run last = runs.peekLast();
    if (last != null && offset <= last.last()) {
      return;
    }
    count++;
    if (last != null && last.after() == after && last.kind() == stray.kind()) {
      runs.removeLast();
      runs.addLast(
          new StrayRecords.Run(
              last.first(),
              offset,
              last.count() + 1,
              after,
              last.kind(),
              last.reason(),
              clock.instant()));
    } else {
      runs.addLast(
          new StrayRecords.Run(
              offset, offset, 1, after, stray.kind(), brief(stray.reason()), clock.instant()));
    }
    if (runs.size() > RUNS) {
      runs.removeFirst();
    }
  }

  private static String brief(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }

  /** Warns of what has come since it last warned, if it is time. */
  synchronized void warn() {
    if (count > warnedCount && System.nanoTime() - warnedAt >= WARN_EVERY_NANOS) {
      StrayRecords.Run last = runs.getLast();
      LOG.warn(
          "carousel.events holds {} more records that are no part of the history, the last at offset {} ({}); they change nothing; 'carousel log --all' names them",
          count - warnedCount,
          last.last(),
          last.reason());
      warnedCount = count;
      warnedAt = System.nanoTime();
    }
  }

  /** All that is known. */
  synchronized StrayRecords records() {
    return new StrayRecords(count, List.copyOf(runs));
  }

  /** Goes on from what was known. */
  synchronized void restore(StrayRecords before) {
    count = before.count();
    warnedCount = count;
    runs.addAll(before.runs());
  }
}
