package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final Throttle throttle = new Throttle(10, clock::get);

  private int passed(int calls) {
    int passed = 0;
    for (int i = 0; i < calls; i++) {
      passed += throttle.admits() ? 1 : 0;
    }
    return passed;
  }

  private void later(long millis) {
    clock.addAndGet(millis * 1_000_000L);
  }

  @Test
  void soManyPassAtOnceAndNoMore() {
    assertThat(passed(25)).isEqualTo(10);
    later(50);
    assertThat(passed(1)).isZero();
    later(50);
    assertThat(passed(2)).isEqualTo(1);
  }

  /** The clock of the JVM may run over; only differences mean something. */
  @Test
  void aLongRestGivesNoMoreThanOneSecondsWorth() {
    passed(10);
    later(3_600_000);
    assertThat(passed(100)).isEqualTo(10);
  }
}
