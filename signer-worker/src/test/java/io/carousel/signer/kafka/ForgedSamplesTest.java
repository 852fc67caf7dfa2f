package io.carousel.signer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ForgedSamplesTest {
  private long now = -5;
  private final ForgedSamples samples = new ForgedSamples(() -> now);

  @Test
  void fewOfEachMinuteAreKept() {
    assertThat(taken(1_000)).isEqualTo(ForgedSamples.MOST);
    now += ForgedSamples.WINDOW.toNanos() - 1;
    assertThat(taken(1_000)).isZero();
    now++;
    assertThat(taken(3)).isEqualTo(3);
    assertThat(taken(1_000)).isEqualTo(ForgedSamples.MOST - 3L);
  }

  private long taken(int of) {
    return IntStream.range(0, of).filter(_ -> samples.take()).count();
  }
}
