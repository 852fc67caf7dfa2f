package io.carousel.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;

/** Habits of participants in a hurry, and a clock that is set by hand. */
public final class TestHabits {
  private TestHabits() {}

  public static Habits quick(InstantSource clock, long seed) {
    return new Habits(
        Duration.ofSeconds(5),
        Duration.ofMillis(100),
        Duration.ofMillis(5),
        Duration.ofMillis(50),
        Duration.ofMillis(5),
        clock,
        new Random(seed));
  }

  /** Stands still until it is moved. */
  public static final class HandClock implements InstantSource {
    private volatile Instant now = Instant.now();

    @Override
    public Instant instant() {
      return now;
    }

    public void move(Duration by) {
      now = now.plus(by);
    }
  }
}
