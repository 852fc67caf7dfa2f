package io.carousel.events.jose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.carousel.events.Suite;
import io.carousel.events.testing.SoftwareKey;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Nimbus as a judge: it reads the set of keys, and verifies tokens by what it read there. It leaves
 * the arithmetic of Ed25519 to others; here, to Bouncy Castle.
 */
class NimbusTest {
  private static final JWKSet KEYS =
      parsed(Jwks.of(Stream.of(Suite.values()).map(Tokens::key).toList()));

  private static JWKSet parsed(Jwks keys) {
    try {
      return JWKSet.parse(keys.json());
    } catch (java.text.ParseException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void tokensAreVerified(Suite suite) throws Exception {
    assertThat(holds(Tokens.signed(suite))).isTrue();
  }

  /** The control of the one above. */
  @ParameterizedTest
  @EnumSource(Suite.class)
  void tokensWithAnothersSignatureAreNot(Suite suite) throws Exception {
    var draft = new JwtDraft(Tokens.key(suite), Tokens.CLAIMS);
    var key = SoftwareKey.of(suite);
    var other = io.carousel.events.Bytes.of(new byte[] {1});
    assertThat(holds(draft.complete(key.sign(other)))).isFalse();
  }

  private static boolean holds(JsonWebToken token) throws Exception {
    SignedJWT read = SignedJWT.parse(token.compact());
    JWK key = KEYS.getKeyByKeyId(read.getHeader().getKeyID());
    JWSVerifier verifier =
        switch (key.getKeyType().getValue()) {
          case "RSA" -> new RSASSAVerifier(key.toRSAKey());
          case "EC" -> new ECDSAVerifier(key.toECKey());
          default -> null;
        };
    if (verifier != null) {
      return read.verify(verifier);
    }
    byte[] input = read.getSigningInput();
    byte[] point = key.toOctetKeyPair().getDecodedX();
    return Ed25519.verify(read.getSignature().decode(), 0, point, 0, input, 0, input.length);
  }

  @Test
  void claimsAreThoseThatWereAsked() throws Exception {
    SignedJWT read = SignedJWT.parse(Tokens.signed(Suite.ECDSA_P384).compact());
    assertThat(read.getHeader().getType().getType()).isEqualTo("JWT");
    assertThat(read.getHeader().toJSONObject()).containsOnlyKeys("alg", "kid", "typ");
    JWTClaimsSet claims = read.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo(Tokens.CLAIMS.issuer());
    assertThat(claims.getSubject()).isEqualTo(Tokens.CLAIMS.subject());
    assertThat(claims.getAudience()).isEqualTo(Tokens.CLAIMS.audience());
    assertThat(claims.getIssueTime()).isEqualTo(Date.from(Tokens.CLAIMS.issuedAt()));
    assertThat(claims.getNotBeforeTime()).isEqualTo(Date.from(Tokens.CLAIMS.notBefore()));
    assertThat(claims.getExpirationTime()).isEqualTo(Date.from(Tokens.CLAIMS.expires()));
    assertThat(claims.getJWTID()).isEqualTo(Tokens.CLAIMS.id());
    assertThat(claims.getClaims()).containsAllEntriesOf(Tokens.CLAIMS.others()).hasSize(9);
  }

  @ParameterizedTest
  @EnumSource(Suite.class)
  void keysAreThoseThatWereAsked(Suite suite) throws Exception {
    JWK key = KEYS.getKeyByKeyId(Tokens.key(suite).kid());
    assertThat(key.computeThumbprint()).hasToString(key.getKeyID());
    assertThat(key.getKeyUse()).isEqualTo(KeyUse.SIGNATURE);
    assertThat(key.isPrivate()).isFalse();
    assertThat(key.getAlgorithm().getName())
        .isEqualTo(
            switch (suite) {
              case RSA_2048, RSA_3072, RSA_4096 -> "RS256";
              case ECDSA_P256 -> "ES256";
              case ECDSA_P384 -> "ES384";
              case ED25519 -> "EdDSA";
            });
    var expected = SoftwareKey.of(suite).pair().getPublic();
    switch (suite.family()) {
      case RSA -> assertThat(key.toRSAKey().toPublicKey()).isEqualTo(expected);
      case EC -> assertThat(key.toECKey().toPublicKey()).isEqualTo(expected);
      case ED25519 -> {
        byte[] spki = expected.getEncoded();
        assertThat(key.toOctetKeyPair().getDecodedX())
            .isEqualTo(java.util.Arrays.copyOfRange(spki, spki.length - 32, spki.length));
      }
    }
  }

  /** The key of RFC 7638, section 3.1, through its numbers. */
  @Test
  void theThumbprintIsThatOfTheRfc() throws Exception {
    String n =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    byte[] modulus = java.util.Base64.getUrlDecoder().decode(n);
    var rsa =
        new io.carousel.events.SubjectPublicKey.Rsa(
            new java.math.BigInteger(1, modulus), java.math.BigInteger.valueOf(65537));
    Jwk key = Jwk.of(rsa.spki(), Suite.RSA_2048);
    assertThat(key.kid()).isEqualTo("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assertThat(key.members()).containsEntry("n", n).containsEntry("e", "AQAB");
  }

  @Test
  void theOrderOfAskingDoesNotMatter() {
    List<Jwk> keys = Stream.of(Suite.values()).map(Tokens::key).toList();
    assertThat(Jwks.of(keys.reversed()).json()).isEqualTo(Jwks.of(keys).json());
    assertThat(Jwks.of(List.of()).json()).isEqualTo("{\"keys\":[]}");
  }

  @Test
  void aKeyIsOfItsSuite() {
    assertThatThrownBy(() -> Jwk.of(SoftwareKey.of(Suite.RSA_2048).spki(), Suite.RSA_3072))
        .hasMessageContaining("not of the suite rsa-3072");
    assertThatThrownBy(() -> Jwk.of(SoftwareKey.of(Suite.ED25519).spki(), Suite.ECDSA_P256))
        .hasMessageContaining("not of the suite ecdsa-p256");
  }
}
