package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spans as people write them. */
@Timeout(10)
class SpanTest {
  @ParameterizedTest
  @CsvSource({
    "PT960H, 40d",
    "PT960H1M, 40d1m",
    "PT36H, 1d12h",
    "PT1M30S, 1m30s",
    "PT0S, 0s",
    "PT0.25S, 250ms",
    "PT-1H, -1h",
    "PT0.0000001S, 0s"
  })
  void areTold(String span, String text) {
    assertThat(Span.text(Duration.parse(span))).isEqualTo(text);
  }
}
