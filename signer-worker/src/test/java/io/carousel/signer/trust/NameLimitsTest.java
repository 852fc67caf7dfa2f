package io.carousel.signer.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.SubjectName;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.trust.NameLimits.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameLimitsTest {
  private static final List<String> LABELS = labels();

  /** Few letters, so that much fits. */
  @Provide
  static Arbitrary<String> names() {
    return Arbitraries.strings().withChars('a', 'b', '.').ofMaxLength(8).map("dns:"::concat);
  }

  @Provide
  static Arbitrary<String> patterns() {
    return Arbitraries.strings()
        .withChars('a', 'b', '.', '*')
        .ofMinLength(1)
        .ofMaxLength(6)
        .map("dns:"::concat);
  }

  private static java.util.regex.Pattern regex(String pattern, String star) {
    String text =
        Arrays.stream(pattern.split("\\*", -1))
            .map(java.util.regex.Pattern::quote)
            .collect(Collectors.joining(star));
    return java.util.regex.Pattern.compile(text);
  }

  @Property(tries = 5_000)
  void aStarStandsForAnyText(@ForAll("names") String name, @ForAll("patterns") String pattern) {
    assertThat(new Pattern(pattern).fits(name))
        .isEqualTo(regex(pattern, ".*").matcher(name).matches());
  }

  /** Whatever of a few labels stands in the place of a wildcard, and fits, shows an overlap. */
  @Property(tries = 5_000)
  void aWildcardMeetsWhatItStandsFor(
      @ForAll("patterns") String pattern, @ForAll("rests") String rest) {
    var wildcard = new SubjectName("dns:*." + rest);
    boolean met = new Pattern(pattern).meets(wildcard);
    var naive = regex(pattern, ".*");
    boolean fits = LABELS.stream().anyMatch(l -> naive.matcher("dns:" + l + "." + rest).matches());
    assertThat(met).as("%s and %s", wildcard, pattern).isEqualTo(fits);
  }

  @Provide
  static Arbitrary<String> rests() {
    return Arbitraries.of("a", "b", "a.b", "b.a", "ab.a", "a.a.b", "bb.ab");
  }

  /** All of up to six letters, and none at all: what a pattern of six letters tells apart. */
  private static List<String> labels() {
    var all = new ArrayList<>(List.of(""));
    for (int i = 0; all.get(i).length() < 6; i++) {
      all.add(all.get(i) + "a");
      all.add(all.get(i) + "b");
    }
    return all;
  }

  private static NameLimits limits(boolean wildcards, String allowed, String forbidden) {
    return new NameLimits(
        List.of(new Pattern(allowed)), List.of(new Pattern(forbidden)), wildcards);
  }

  @ParameterizedTest
  @CsvSource({
    "dns:*.example.org, dns:secret.example.org, dns:*.example.org",
    "dns:*.example.org, dns:s*.example.org, dns:*.example.org",
    "dns:*, dns:*, dns:*.example.org",
    "dns:*.example.org, principal:root, dns:*.example.com",
    "dns:web-*, principal:root, dns:*.example.org",
  })
  void aWildcardStandsForNothingForbidden(String allowed, String forbidden, String name) {
    refused(limits(true, allowed, forbidden), name);
  }

  @ParameterizedTest
  @CsvSource({
    "dns:*.example.org, dns:a.b.example.org, dns:*.example.org",
    "dns:*.example.org, dns:*.b.example.org, dns:*.example.org",
    "dns:*, dns:example.org, dns:*.example.org",
    "dns:*.example.org, dns:secret.example.org, dns:web.example.org",
  })
  void whatIsNotForbiddenPasses(String allowed, String forbidden, String name) throws Refused {
    limits(true, allowed, forbidden).check(List.of(new SubjectName(name)));
  }

  @Test
  void aWildcardMustBeAllowed() throws Refused {
    var name = List.of(new SubjectName("dns:*.example.org"));
    limits(true, "dns:*", "principal:root").check(name);
    assertThatThrownBy(() -> limits(false, "dns:*", "principal:root").check(name))
        .hasMessageContainingAll("wildcard", "dns:*.example.org");
  }

  @Test
  void theSuperuserIsForbiddenUnlessSomebodySaysOtherwise() {
    refused(NameLimits.DEFAULT, "principal:root");
  }

  /** In certificates a participant's own name is there unasked, and nobody else's ever. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "uri:carousel:house/user/web-2",
        "uri:carousel:web-2",
        "uri:carousel-canary://house/user/web-2",
        "dns:canary.invalid"
      })
  void nobodyIsAnotherParticipantOrACanary(String name) {
    refused(
        new NameLimits(List.of(new Pattern("uri:*"), new Pattern("dns:*")), List.of(), true), name);
  }

  /** What backtracks without bound elsewhere. */
  @Test
  void manyStarsAreNoTrouble() {
    var pattern = new Pattern("uri:" + "*a".repeat(100) + "b");
    assertThat(pattern.fits("uri:" + "a".repeat(250))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "dns", "dns:", ":a", "mail:a", "*:a", "DNS:a"})
  void aPatternNamesItsKind(String pattern) {
    assertThatThrownBy(() -> new Pattern(pattern)).isInstanceOf(IllegalArgumentException.class);
  }

  private static void refused(NameLimits limits, String name) {
    assertThatThrownBy(() -> limits.check(List.of(new SubjectName(name))))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).isEqualTo(Refusal.NAME_NOT_ALLOWED))
        .hasMessageContaining(name);
  }
}
