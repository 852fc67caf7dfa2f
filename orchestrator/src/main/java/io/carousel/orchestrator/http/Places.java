package io.carousel.orchestrator.http;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Something of which callers take a share, and give it back. Thread-safe. */
final class Places {
  private static final int TOO_MANY_OF_ONE = 429;
  private static final int TOO_MANY = 503;

  private final Bounds bounds;
  private final String code;
  private final String message;
  private final Duration again;
  // Both guarded by this.
  private final Map<CallerKey.Kind, Long> taken = new EnumMap<>(CallerKey.Kind.class);
  private final Map<CallerKey, Long> byCaller = new HashMap<>();

  /**
   * Bounded places.
   *
   * @param code of the refusal
   * @param message of the refusal
   * @param again when asking again may help
   */
  Places(Bounds bounds, String code, String message, Duration again) {
    this.bounds = bounds;
    this.code = code;
    this.message = message;
    this.again = again;
  }

  /** A share that was taken; closing it gives it back. Not thread-safe. */
  final class Taken implements AutoCloseable {
    private final CallerKey caller;
    private long count;

    private Taken(CallerKey caller) {
      this.caller = caller;
    }

    /**
     * Takes so many more.
     *
     * @throws BadCall if the caller has its share already (429), or its kind has (503)
     */
    void more(long wanted) {
      reserve(caller, wanted);
      count += wanted;
    }

    @Override
    public void close() {
      giveBack(caller, count);
      count = 0;
    }
  }

  /**
   * Takes so many.
   *
   * @throws BadCall if the caller has its share already (429), or its kind has (503)
   */
  Taken take(CallerKey caller, long wanted) {
    var taking = new Taken(caller);
    taking.more(wanted);
    return taking;
  }

  private void reserve(CallerKey caller, long wanted) {
    if (!tryTake(caller, wanted)) {
      boolean own = isOwnShareFull(caller, wanted);
      throw new BadCall(
          Answer.problem(own ? TOO_MANY_OF_ONE : TOO_MANY, code, message)
              .with("Retry-After", Long.toString(again.toSeconds())),
          message);
    }
  }

  private synchronized boolean isOwnShareFull(CallerKey caller, long wanted) {
    return byCaller.getOrDefault(caller, 0L) + wanted > bounds.each(caller.kind());
  }

  private synchronized boolean tryTake(CallerKey caller, long wanted) {
    long all = taken.getOrDefault(caller.kind(), 0L) + wanted;
    long own = byCaller.getOrDefault(caller, 0L) + wanted;
    if (all > bounds.all(caller.kind()) || own > bounds.each(caller.kind())) {
      return false;
    }
    taken.put(caller.kind(), all);
    byCaller.put(caller, own);
    return true;
  }

  private synchronized void giveBack(CallerKey caller, long count) {
    if (count > 0) {
      taken.merge(caller.kind(), -count, Long::sum);
      byCaller.computeIfPresent(caller, (_, own) -> own <= count ? null : own - count);
    }
  }
}
