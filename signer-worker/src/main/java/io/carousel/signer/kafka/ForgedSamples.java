package io.carousel.signer.kafka;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Which forged records go to the dead letters: the first few of each minute. A dead letter costs
 * the broker some five times as much as the record, one by one, and what is genuine waits behind
 * it; the records themselves stay in their topic until it forgets them. One thread at a time.
 */
final class ForgedSamples {
  static final int MOST = 10;
  static final Duration WINDOW = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private long began;
  private int left = MOST;

  /** By that clock, in nanoseconds of the process. */
  ForgedSamples(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.began = nanoTime.getAsLong();
  }

  /** Whether the next forged record goes to the dead letters; counts it if it does. */
  boolean take() {
    long now = nanoTime.getAsLong();
    if (now - began >= WINDOW.toNanos()) {
      began = now;
      left = MOST;
    }
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }
}
