package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.testing.LongFuzzing;
import io.carousel.events.testing.SoftwareKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens read back are what was asked for; everything else is refused by one name. */
class JsonWebTokenTest {
  private static final String HEADER =
      "{\"alg\":\"EdDSA\",\"kid\":\"%s\",\"typ\":\"JWT\"}"
          .formatted(Tokens.key(Suite.ED25519).kid());
  private static final String CLAIMS =
      "{\"iss\":\"a\",\"sub\":\"b\",\"aud\":[\"c\"],\"iat\":1,\"nbf\":2,\"exp\":3,\"jti\":\"d\"}";

  @Provide
  Arbitrary<JwtClaims> claims() {
    return Tokens.any();
  }

  @Property(tries = 500)
  void whatWasWrittenIsReadBack(@ForAll("claims") JwtClaims claims, @ForAll Suite suite) {
    var draft = new JwtDraft(Tokens.key(suite), claims);
    JsonWebToken token = Tokens.signed(draft);
    JsonWebToken read = JsonWebToken.read(token.compact());
    assertThat(read).isEqualTo(token);
    assertThat(read.claims()).isEqualTo(claims);
    assertThat(read.signingInput()).isEqualTo(draft.signingInput());
    assertThat(read.verifies(draft.signer())).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void noOtherKeyAndNoOtherSignatureHolds(Suite suite) {
    JsonWebToken token = Tokens.signed(suite);
    for (Suite other : Suite.values()) {
      assertThat(token.verifies(Tokens.key(other))).isEqualTo(other == suite);
    }
    var draft = new JwtDraft(Tokens.key(suite), Tokens.CLAIMS);
    Bytes elsewhere = SoftwareKey.of(suite).sign(Bytes.of(new byte[] {1}));
    assertThat(draft.complete(elsewhere).verifies(Tokens.key(suite))).isFalse();
    byte[] signature = SoftwareKey.of(suite).sign(draft.signingInput()).toArray();
    Bytes longer = Bytes.of(Arrays.copyOf(signature, signature.length + 1));
    assertThatThrownBy(() -> draft.complete(longer)).isInstanceOf(IllegalArgumentException.class);
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 2_000)
  void changedTokens(
      @ForAll Suite suite, @ForAll @IntRange(max = 2_000) int place, @ForAll char change) {
    String good = Tokens.signed(suite).compact();
    int at = place % good.length();
    String changed = good.substring(0, at) + change + good.substring(at + 1);
    if (!changed.equals(good)) {
      readOrRefuse(changed)
          .ifPresent(read -> assertThat(read.verifies(Tokens.key(suite))).isFalse());
    }
    assertThat(readOrRefuse(good + change)).isEmpty();
    readOrRefuse(good.substring(0, at));
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 2_000)
  void changedJson(@ForAll @IntRange(max = 300) int place, @ForAll char change) {
    readOrRefuse(token(changed(HEADER, place, change), CLAIMS));
    readOrRefuse(token(HEADER, changed(CLAIMS, place, change)));
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 2_000)
  void randomTexts(@ForAll String text, @ForAll byte[] bytes) {
    readOrRefuse(text);
    readOrRefuse(token(text, CLAIMS));
    readOrRefuse(token(HEADER, text));
    readOrRefuse(
        part(HEADER) + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + ".AA");
  }

  private static java.util.Optional<JsonWebToken> readOrRefuse(String text) {
    try {
      JsonWebToken read = JsonWebToken.read(text);
      assertThat(read.compact()).isEqualTo(text);
      return java.util.Optional.of(read);
    } catch (UnreadableJose e) {
      assertThat(e.getMessage()).isNotBlank().matches("\\P{Cntrl}*");
      return java.util.Optional.empty();
    }
  }

  private static String changed(String json, int place, char change) {
    int at = place % json.length();
    return json.substring(0, at) + change + json.substring(at + 1);
  }

  private static String token(String header, String claims) {
    byte[] signature = new byte[64];
    return part(header)
        + "."
        + part(claims)
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String part(String json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
  }

  /** The control of those below. */
  @Test
  void thatTokenIsRead() {
    assertThat(JsonWebToken.read(token(HEADER, CLAIMS)).claims().id()).isEqualTo("d");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"alg\":\"none\"",
        "\"alg\":\"HS256\"",
        "\"alg\":\"ES384\"",
        "\"alg\":null",
        "\"alg\":\"EdDSA\",\"crit\":[\"b64\"]",
        "\"alg\":\"EdDSA\",\"jku\":\"https://example.org\"",
        "\"alg\":\"EdDSA\",\"alg\":\"EdDSA\"",
        "\"alg\":\"EdDSA\",\"typ\":\"JOSE\""
      })
  void headersThatSayMoreOrLessAreRefused(String alg) {
    String header = HEADER.replace("\"alg\":\"EdDSA\"", alg);
    assertThatThrownBy(() -> JsonWebToken.read(token(header, CLAIMS)))
        .isInstanceOf(UnreadableJose.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"exp\":3.0",
        "\"exp\":\"3\"",
        "\"exp\":1",
        "\"exp\":-3",
        "\"exp\":99999999999999999999",
        "\"exp\":9223372036854775807",
        "\"exp\":3,\"exp\":3",
        "\"exp\":3,\"other\":7",
        "\"exp\":3,\"other\":{}",
        "\"exp\":3,\"other\":null",
        "\"exp\":3,\"other\":\"a\\u0000\"",
        "\"other\":\"3\""
      })
  void claimsThatAreNotOfTheirTypeAreRefused(String exp) {
    String claims = CLAIMS.replace("\"exp\":3", exp);
    assertThatThrownBy(() -> JsonWebToken.read(token(HEADER, claims)))
        .isInstanceOf(UnreadableJose.class);
  }

  @Test
  void anAudienceIsAnArrayOfTexts() {
    for (String aud : List.of("\"c\"", "[]", "[1]", "[null]", "[[\"c\"]]")) {
      String claims = CLAIMS.replace("[\"c\"]", aud);
      assertThatThrownBy(() -> JsonWebToken.read(token(HEADER, claims)))
          .isInstanceOf(UnreadableJose.class);
    }
  }

  @Test
  void draftsThatNobodyShouldSignAreRefused() {
    assertThatThrownBy(() -> claims("no uri: this", "s", Map.of())).hasMessageContaining("no URI");
    assertThatThrownBy(() -> claims("", "s", Map.of())).hasMessageContaining("no text for iss");
    assertThatThrownBy(() -> claims("i", "a\nb", Map.of())).hasMessageContaining("text for sub");
    assertThatThrownBy(() -> claims("i", "\ud800", Map.of())).hasMessageContaining("text for sub");
    assertThatThrownBy(() -> claims("i", "s", Map.of("exp", "1")))
        .hasMessageContaining("no name for a claim");
    var large =
        claims(
            "i", "s", Map.of("a", "x".repeat(2048), "b", "y".repeat(2048), "c", "z".repeat(2048)));
    assertThatThrownBy(() -> new JwtDraft(Tokens.key(Suite.ED25519), large))
        .hasMessageContaining("refused by servers");
  }

  private static JwtClaims claims(String issuer, String subject, Map<String, String> others) {
    return new JwtClaims(
        issuer,
        subject,
        List.of("a"),
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(1),
        "id",
        new TreeMap<>(others));
  }
}
