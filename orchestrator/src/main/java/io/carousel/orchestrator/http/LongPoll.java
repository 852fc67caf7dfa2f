package io.carousel.orchestrator.http;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Calls that wait for something to happen. Each waits in short turns, so that all of them can be
 * answered soon after the server is told to stop; of each kind of caller there are never more than
 * so many.
 */
final class LongPoll {
  /** Longest that any caller may wait. */
  static final Duration LONGEST = Duration.ofMinutes(1);

  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final Places places;
  private final BooleanSupplier stopping;

  LongPoll(Bounds bounds, BooleanSupplier stopping) {
    this.places =
        new Places(
            bounds,
            "too-many-waiting",
            "too many callers are waiting here already; try again in a few seconds",
            AGAIN);
    this.stopping = stopping;
  }

  /**
   * Asks until there is something, the caller's patience is at its end or the server stops; the
   * last answer.
   *
   * @param ask given how long it may wait
   */
  <T> T until(Call call, Function<Duration, T> ask, Predicate<T> something) {
    Duration patience = call.patience();
    T now = ask.apply(Duration.ZERO);
    if (patience.isZero() || something.test(now)) {
      return now;
    }
    try (Places.Taken _ = places.take(call.caller(), 1)) {
      return waiting(patience, ask, something, now);
    }
  }

  private <T> T waiting(
      Duration patience, Function<Duration, T> ask, Predicate<T> something, T first) {
    long end = System.nanoTime() + patience.toNanos();
    T last = first;
    for (long left = patience.toNanos();
        left > 0 && !stopping.getAsBoolean() && !something.test(last);
        left = end - System.nanoTime()) {
      last = ask.apply(Duration.ofNanos(Math.min(left, TURN.toNanos())));
    }
    return last;
  }
}
