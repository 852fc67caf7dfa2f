package io.carousel.agent;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers reports: microseconds since 1970, moved on by one where the clock stands still or goes
 * back. A participant that starts again goes on above what it used before without having written
 * anything down, as long as its clock was not set back meanwhile.
 */
final class ReportCounter {
  private final InstantSource clock;
  private final AtomicLong last;

  ReportCounter(InstantSource clock) {
    this(clock, 0);
  }

  /**
   * Goes on above a number.
   *
   * @param last that was used before
   */
  ReportCounter(InstantSource clock, long last) {
    this.clock = clock;
    this.last = new AtomicLong(last);
  }

  long next() {
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    return last.updateAndGet(before -> Math.max(before + 1, now));
  }
}
