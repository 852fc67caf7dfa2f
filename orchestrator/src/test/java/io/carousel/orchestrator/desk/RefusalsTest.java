package io.carousel.orchestrator.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Refusals refusals = new Refusals();

  @Test
  void eachCodeIsCountedByItself() {
    refusals.count("bad-csr");
    refusals.count("late");
    refusals.count("bad-csr");
    assertThat(refusals.counts()).isEqualTo(Map.of("bad-csr", 2L, "late", 1L));
  }

  /** Some codes are what workers say: they fill no memory. */
  @Test
  void endlessCodesAreCountedTogether() {
    for (int i = 0; i < 10_000; i++) {
      refusals.count("code-" + i);
    }
    refusals.count("code-0");
    assertThat(refusals.counts()).hasSizeLessThan(300).containsEntry("code-0", 2L);
    assertThat(refusals.counts().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(10_001);
  }
}
