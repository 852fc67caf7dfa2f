package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of SPIFFE IDs and trust domains (SPIFFE ID, section 2). */
@Timeout(10)
class SpiffeIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://example.org/web-1",
        "spiffe://example.org/Ns/Prod_2/sa.x/...",
        "spiffe://a/b",
        "spiffe://under_score-1.example/x"
      })
  void whatTheStandardAllowsIsTaken(String text) {
    assertThat(new SpiffeId(text).value()).isEqualTo(text);
    assertThat(new SubjectName("uri:" + text).isSpiffe()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spiffe://example.org|no path",
        "spiffe://example.org/|empty segment",
        "spiffe://example.org/a/|empty segment",
        "spiffe://example.org//a|empty segment",
        "spiffe://example.org/./a|'.'",
        "spiffe://example.org/a/..|'..'",
        "spiffe://Example.org/a|trust domain",
        "spiffe://example.org:8443/a|trust domain",
        "spiffe://user@example.org/a|trust domain",
        "spiffe:///a|trust domain",
        "spiffe://example.org/a%20b|other characters",
        "spiffe://example.org/a?b|other characters",
        "spiffe://example.org/a#b|other characters",
        "spiffe://example.org/ä|other characters",
        "SPIFFE://example.org/a|lower case",
        "Spiffe://example.org/a|lower case",
        "spiffe:example.org/a|spiffe://",
        "https://example.org/a|spiffe://"
      })
  void whatItForbidsIsRefusedWithTheReason(String text, String why) {
    assertThatThrownBy(() -> new SpiffeId(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no SPIFFE ID")
        .hasMessageContaining(why);
    if (!text.startsWith("https")) {
      assertThatThrownBy(() -> new SubjectName("uri:" + text)).hasMessageContaining(why);
    }
  }

  @Test
  void itMayHave2048BytesAndItsTrustDomain255() {
    String longest = "spiffe://example.org/" + "a".repeat(2048 - "spiffe://example.org/".length());
    assertThat(new SubjectName("uri:" + longest).text()).hasSize(2048);
    assertThatThrownBy(() -> new SpiffeId(longest + "a")).hasMessageContaining("2049 bytes");
    assertThat(new TrustDomain("a".repeat(255)).value()).hasSize(255);
    assertThatThrownBy(() -> new TrustDomain("a".repeat(256))).hasMessageContaining("1 to 255");
    assertThatThrownBy(() -> new TrustDomain("")).hasMessageContaining("1 to 255");
  }

  @Test
  void itIsMadeOfItsParts() {
    SpiffeId id = SpiffeId.of(new TrustDomain("example.org"), "ns/prod");
    assertThat(id.value()).isEqualTo("spiffe://example.org/ns/prod");
    assertThat(id.domain().value()).isEqualTo("example.org");
    assertThat(id.path()).isEqualTo("ns/prod");
  }

  /** A URI with a host has a host's name there, or an address (RFC 5280, section 4.2.1.6). */
  @ParameterizedTest
  @CsvSource({
    "uri:https://example.org:8443/a, true",
    "uri:https://192.0.2.1/a, true",
    "uri:https://[2001:db8::1]/a, true",
    "uri:urn:uuid:00000000-0000-0000-0000-000000000000, true",
    "uri:carousel:abc/user/web-1, true",
    "uri:https://a_b.example/, false",
    "uri:https:///a, false",
    "uri:foo://$/a, false",
    "uri:foo://a..b/, false"
  })
  void hostsOfUrisAreHosts(String name, boolean fits) {
    if (fits) {
      assertThat(new SubjectName(name).value()).isEqualTo(name);
    } else {
      assertThatThrownBy(() -> new SubjectName(name)).hasMessageContaining("4.2.1.6");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "web-1.example, true",
    "a, true",
    "1.example, true",
    "web-a..b, false",
    "web_1, false",
    "-a, false",
    "a-.b, false",
    "192.0.2.1, false",
    "a.b., false"
  })
  void dnsNamesHaveThePreferredSyntax(String host, boolean fits) {
    assertThat(SubjectName.isHost(host)).isEqualTo(fits);
    if (!fits) {
      assertThatThrownBy(() -> SubjectName.of(SubjectName.Kind.DNS, host))
          .hasMessageContaining("RFC 1123");
    }
  }

  @Test
  void audiencesWithAColonAreUris() {
    assertThat(new SubjectName("audience:https://a.example").text()).isNotEmpty();
    assertThatThrownBy(() -> new SubjectName("audience:1a:b")).hasMessageContaining("absolute URI");
  }
}
