package io.carousel.orchestrator.http;

import java.util.function.LongSupplier;

/**
 * Lets so many calls through in a second, and as many again at once after a quiet second: for calls
 * that anybody may make and that cost something. Thread-safe.
 */
final class Throttle {
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final LongSupplier nanoTime;
  // Both guarded by this.
  private double room;
  private long last;

  Throttle(int perSecond, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
    this.room = perSecond;
    this.last = nanoTime.getAsLong();
  }

  /** Whether one more may pass now; if so it has. */
  synchronized boolean admits() {
    long now = nanoTime.getAsLong();
    room = Math.min(perSecond, room + (now - last) / NANOS * perSecond);
    last = now;
    if (room < 1) {
      return false;
    }
    room -= 1;
    return true;
  }
}
