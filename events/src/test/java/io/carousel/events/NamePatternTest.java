package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.regex.Pattern;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a token is for. */
class NamePatternTest {
  @ParameterizedTest
  @CsvSource({
    "web-1, web-1, true",
    "web-1, web-10, false",
    "web-1, web, false",
    "web-*, web-1, true",
    "web-*, web-eu.1, false",
    "web-*, web-1.evil.com, false",
    "web-*, web-a..b, false",
    "*, a.b, false",
    "*.eu, a.b.eu, false",
    "web-*.eu, web-1.eu, true",
    "web-*.eu, web-1.x.eu, false",
    "web-*, web, false",
    "web-*, xweb-1, false",
    "web*, web, true",
    "*.eu, web.eu, true",
    "*.eu, web.eu.x, false",
    "a*a, a, false",
    "a*a, aa, true",
    "a*a, aba, true",
    "*, anything, true"
  })
  void meansWhatItSays(String pattern, String name, boolean matches) {
    assertThat(new NamePattern(pattern).matches(new ParticipantName(name))).isEqualTo(matches);
  }

  @Property(tries = 2_000)
  void isAsARegularExpressionWouldBe(
      @ForAll @NotEmpty @StringLength(max = 4) @Chars({'a', 'b', '.', '*'}) String pattern,
      @ForAll @NotEmpty @StringLength(max = 6) @Chars({'a', 'b', '.'}) String name) {
    Assume.that(Identifier.NAME.matcher(name).matches());
    Assume.that(Identifier.NAME.matcher(pattern.replace('*', 'x')).matches());
    if (pattern.indexOf('*') != pattern.lastIndexOf('*')) {
      assertThatIllegalArgumentException().isThrownBy(() -> new NamePattern(pattern));
      return;
    }
    boolean expected = Pattern.matches(pattern.replace(".", "\\.").replace("*", "[^.]*"), name);
    assertThat(new NamePattern(pattern).matches(new ParticipantName(name))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "**", "web-", "-*", "Web-*", "web-?", "we b", "web-*\n"})
  void othersAreNone(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NamePattern(text))
        .withMessageContaining("one asterisk at most")
        .withMessageMatching("\\p{Print}+");
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 100_000})
  void nobodyIsCalledThat(int length) {
    assertThatIllegalArgumentException().isThrownBy(() -> new NamePattern("a".repeat(length)));
  }
}
