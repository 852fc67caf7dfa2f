package io.carousel.orchestrator.desk;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Lets so many in at once. Who comes beyond that is told when to come back: one after the other, as
 * fast as those inside are served, so that a fleet that wants the same at once neither waits here
 * nor keeps coming in vain. Thread-safe.
 */
public final class Turnstile {
  /** Nobody is sent away for longer: what is slow now may be fast then. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private static final double SECOND = 1e9;

  /** How long one is inside, before anything is known. */
  private static final double GUESS = SECOND / 4;

  /** The weight of the latest in the mean. */
  private static final double WEIGHT = 1.0 / 16;

  private final int room;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;

  // All guarded by this.
  private int inside;
  private double stay = GUESS;
  private long free;

  /**
   * One with so much room.
   *
   * @param random spreads those who would be sent away for too long
   */
  public Turnstile(int room, LongSupplier nanoTime, RandomGenerator random) {
    this.room = room;
    this.nanoTime = nanoTime;
    this.random = random;
    this.free = nanoTime.getAsLong();
  }

  /** Somebody is inside; to be closed on leaving. */
  public final class Pass implements AutoCloseable {
    private final long entered;

    private Pass(long entered) {
      this.entered = entered;
    }

    @Override
    public void close() {
      left(nanoTime.getAsLong() - entered);
    }
  }

  /** Lets one in; empty if there is no room. */
  public synchronized Optional<Pass> enter() {
    if (inside == room) {
      return Optional.empty();
    }
    inside++;
    return Optional.of(new Pass(nanoTime.getAsLong()));
  }

  private synchronized void left(long stayed) {
    inside--;
    stay += (stayed - stay) * WEIGHT;
  }

  /**
   * In how long the next who finds no room may come back. Each call gives out another moment: with
   * everybody inside served in {@code stay}, so many are served in a second (Little's law).
   */
  public synchronized Duration comeBack() {
    long now = nanoTime.getAsLong();
    free = Math.max(free - now, 0) + now + Math.round(Math.max(stay, 1) / room);
    long wait = free - now;
    if (wait > LONGEST.toNanos()) {
      free = now + LONGEST.toNanos();
      wait = random.nextLong(LONGEST.toNanos() / 2, LONGEST.toNanos());
    }
    return Duration.ofNanos(wait);
  }
}
