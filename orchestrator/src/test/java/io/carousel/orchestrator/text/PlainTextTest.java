package io.carousel.orchestrator.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever somebody wrote, printing it is safe. */
class PlainTextTest {
  @Property
  void plainTextIsPlainAndStaysSo(@ForAll String text) {
    String plain = PlainText.of(text);
    assertThat(plain.codePoints())
        .noneMatch(Character::isISOControl)
        .noneMatch(c -> Character.getType(c) == Character.FORMAT)
        .noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    assertThat(PlainText.of(plain)).isEqualTo(plain);
  }

  @Test
  void ordinaryTextStaysAsItIs() {
    assertThat(PlainText.of("größer, 更大, \"so\" 🎠")).isEqualTo("größer, 更大, \"so\" 🎠");
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0s", "PT24H, 1d", "PT36H, 1d12h", "PT90S, 1m30s", "PT0.25S, 250ms"})
  void durationsAreSaidShortly(Duration duration, String text) {
    assertThat(PlainText.duration(duration)).isEqualTo(text);
  }
}
