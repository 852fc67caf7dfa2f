package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 10, unit = TimeUnit.SECONDS)
class ClockWatchTest {
  private Instant wall = Instant.parse("2026-03-01T12:00:00Z");
  private long nanos = Long.MAX_VALUE - 5;
  private final ClockWatch watch = new ClockWatch(() -> wall, () -> nanos);

  private void pass(Duration byWall, Duration bySteady) {
    wall = wall.plus(byWall);
    nanos += bySteady.toNanos();
  }

  @Test
  void clockThatGoesOnIsNotSetBack() {
    pass(Duration.ofDays(3), Duration.ofDays(3));
    assertThat(watch.look()).isEmpty();
    pass(Duration.ofSeconds(-4), Duration.ZERO);
    assertThat(watch.look()).isEmpty();
  }

  @Test
  void setBackIsToldFromTheFurthestThatItWas() {
    pass(Duration.ofDays(30), Duration.ofSeconds(1));
    assertThat(watch.look()).isEmpty();
    pass(Duration.ofSeconds(1).minus(Duration.ofHours(1)), Duration.ofSeconds(1));
    assertThat(watch.look()).contains(Duration.ofHours(1));
  }

  @Test
  void manySmallStepsAreOneLargeOne() {
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofSeconds(-1), Duration.ofSeconds(1));
    }
    assertThat(watch.look()).contains(Duration.ofSeconds(10));
  }
}
