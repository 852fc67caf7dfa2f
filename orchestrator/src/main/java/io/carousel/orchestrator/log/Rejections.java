package io.carousel.orchestrator.log;

import io.carousel.events.HouseEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Counts the records of {@code carousel.commands} that nobody may have written, and has them
 * written down by count: the first at once, then once in {@link #EVERY}, so that a flood costs the
 * log nothing. What a term has counted last and not written is lost with it. One thread.
 */
final class Rejections {
  static final Duration EVERY = Duration.ofSeconds(5);

  private long first;
  private long last = -1;
  private int count;
  private String reason = "";
  private long writtenAt = System.nanoTime() - EVERY.toNanos();

  /** Takes one in; one that was taken before changes nothing. */
  void add(long offset, String why) {
    if (offset <= last) {
      return;
    }
    first = count == 0 ? offset : first;
    reason = count == 0 ? why : reason;
    last = offset;
    count++;
  }

  /** Whether there is something to write down, and it is time. */
  boolean isDue() {
    return count > 0 && System.nanoTime() - writtenAt >= EVERY.toNanos();
  }

  /** What is to be written down, if it is time. */
  Optional<HouseEvent.RecordsRejected> due(Instant now) {
    return isDue()
        ? Optional.of(new HouseEvent.RecordsRejected(first, last, count, reason, now))
        : Optional.empty();
  }

  /** It is committed. */
  void written() {
    count = 0;
    writtenAt = System.nanoTime();
  }
}
