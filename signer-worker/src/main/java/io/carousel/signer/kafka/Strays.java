package io.carousel.signer.kafka;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the records of the log that are no part of the history: a stranger has put them there, and
 * they change nothing. Warns once a minute at most. Thread-safe.
 */
final class Strays {
  private static final Logger LOG = LoggerFactory.getLogger(Strays.class);
  private static final long WARN_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private String first = null; // null if there is none
  private long unsaid;
  private long offset;
  private String reason = "";
  private long warnedAt = System.nanoTime() - WARN_EVERY_NANOS;

  synchronized void add(long at, String why) {
    first = first == null ? why : first;
    unsaid++;
    offset = at;
    reason = why;
  }

  /** What is wrong with the first of them; empty if there is none. */
  synchronized Optional<String> first() {
    return Optional.ofNullable(first);
  }

  /** Warns of what has come since it last warned, if it is time. */
  synchronized void warn() {
    if (unsaid > 0 && System.nanoTime() - warnedAt >= WARN_EVERY_NANOS) {
      LOG.warn(
          "the log holds {} more records that are no part of the history, the last at offset {} ({}); they change nothing; 'carousel log --all' names them",
          unsaid,
          offset,
          reason);
      unsaid = 0;
      warnedAt = System.nanoTime();
    }
  }
}
