package io.carousel.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Points in time are read as the library reads them. */
class TimesTest {
  @Property(tries = 2_000)
  void whatIsWrittenIsReadAgain(
      @ForAll @LongRange(min = -70_000_000_000L, max = 260_000_000_000L) long seconds,
      @ForAll @IntRange(max = 999_999_999) int nanos,
      @ForAll @IntRange(max = 9) int zeros) {
    long coarse = (long) Math.pow(10, zeros);
    Instant at = Instant.ofEpochSecond(seconds, nanos / coarse * coarse);
    assertThat(Times.parse(at.toString())).isEqualTo(at);
  }

  @Property(tries = 3_000)
  void changedTextsAreReadAsTheLibraryReadsThem(
      @ForAll @IntRange(max = 29) int place,
      @ForAll @CharRange(from = '0', to = '9') @Chars({'Z', 'z', 'T', '-', '+', '.', ':', ' ', '٣'})
          char c,
      @ForAll @IntRange(min = 18, max = 30) int cut) {
    var changed = new StringBuilder("2024-02-29T23:59:59.123456789Z");
    changed.setCharAt(place, c);
    assertSame(changed.toString());
    assertSame(changed.substring(0, cut));
    assertSame(changed.substring(0, Math.min(cut, 29)) + "Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T24:00:01Z",
        "2024-01-01T23:60:00Z",
        "2024-01-01T23:59:60Z",
        "2024-01-01T23:59:59.Z",
        "2024-01-01T23:59:59.1234567891Z",
        "+10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        ""
      })
  void oddOnesToo(String text) {
    assertSame(text);
  }

  private static void assertSame(String text) {
    Instant expected;
    try {
      expected = Instant.parse(text);
    } catch (DateTimeException e) {
      assertThatThrownBy(() -> Times.parse(text)).as(text).isInstanceOf(DateTimeException.class);
      return;
    }
    assertThat(Times.parse(text)).as(text).isEqualTo(expected);
  }
}
