package io.carousel.agent;

import java.time.Duration;
import java.util.Optional;

/**
 * When something that failed may be tried again: pauses double from failure to failure, and each is
 * drawn anew between half and one and a half of that. One thread.
 */
public final class Retry {
  private static final long SECOND = 1_000_000_000;

  private final Habits habits;
  private int failures;
  private long notBefore = System.nanoTime();

  /** Nothing has failed yet. */
  public Retry(Habits habits) {
    this.habits = habits;
  }

  boolean allowed() {
    return pause().isZero();
  }

  /** How long until the next attempt; zero if it may be made now. */
  public Duration pause() {
    long left = notBefore - System.nanoTime();
    return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
  }

  /** Whether the last attempt failed. */
  boolean failing() {
    return failures > 0;
  }

  /** Nothing has failed, but it shall not be done before that has passed. */
  public void later(Duration pause) {
    notBefore = Math.max(notBefore, System.nanoTime() + pause.toNanos());
  }

  /** The next attempt may be made at once. */
  public void succeeded() {
    failures = 0;
    notBefore = System.nanoTime();
  }

  /**
   * Not before the other side wants it, and then at any moment of a second: it speaks in whole ones
   * (RFC 9110, section 10.2.3), and many may have been told the same.
   *
   * @param atLeast what the other side asked for
   */
  public void failed(Optional<Duration> atLeast) {
    double doubled = habits.firstRetry().toNanos() * Math.pow(2, Math.min(failures++, 30));
    double mean = Math.min(doubled, habits.lastRetry().toNanos() / 1.5);
    long drawn = (long) (mean * (0.5 + habits.random().nextDouble()));
    long asked = atLeast.map(Duration::toNanos).orElse(0L);
    long spread = (long) (Math.min(asked, SECOND) * habits.random().nextDouble());
    notBefore = System.nanoTime() + (asked == 0 ? drawn : asked + spread);
  }
}
