package io.carousel.events.jose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets of keys as identity providers publish them; Nimbus signs by their keys, and verifies. */
@Timeout(120)
class ForeignJwkTest {
  private static final JWK RSA = rsa();

  private static JWK rsa() {
    try {
      return new RSAKeyGenerator(2048).keyID("k-1").generate();
    } catch (com.nimbusds.jose.JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static JWK ec(Curve curve) throws Exception {
    return new ECKeyGenerator(curve).keyID("k-1").generate();
  }

  /** The public half with those members beside what it has; without those that are null. */
  private static Map<String, Object> with(JWK key, Object... members) {
    var all = new LinkedHashMap<>(key.toPublicJWK().toJSONObject());
    for (int i = 0; i < members.length; i += 2) {
      all.put((String) members[i], members[i + 1]);
    }
    all.values().removeIf(java.util.Objects::isNull);
    return all;
  }

  private static String set(Map<?, ?>... keys) {
    return com.nimbusds.jose.util.JSONObjectUtils.toJSONString(Map.of("keys", List.of(keys)));
  }

  private static String published(String imported) {
    return Jwks.of(ForeignJwk.read(imported).keys()).json();
  }

  private static SignedJWT token(JWK key, JWSAlgorithm algorithm) throws Exception {
    JWSSigner signer =
        key.toPublicJWK().getKeyType().getValue().equals("EC")
            ? new ECDSASigner(key.toECKey())
            : new RSASSASigner(key.toRSAKey());
    var token =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(),
            new JWTClaimsSet.Builder().subject("robot-7").build());
    token.sign(signer);
    return token;
  }

  private static boolean accepts(String keys, SignedJWT token) throws Exception {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            Set.copyOf(JWSAlgorithm.Family.SIGNATURE), new ImmutableJWKSet<>(JWKSet.parse(keys))));
    try {
      processor.process(token.serialize(), null);
      return true;
    } catch (BadJOSEException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void tokensByEveryAlgorithmOfRsaVerifyAsBefore(String name) throws Exception {
    JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
    JWSAlgorithm other = name.equals("RS512") ? JWSAlgorithm.RS256 : JWSAlgorithm.RS512;
    for (String source :
        List.of(set(with(RSA, "alg", name, "use", "sig")), set(with(RSA, "alg", name)))) {
      String keys = published(source);
      assertThat(keys).contains("\"alg\":\"%s\"".formatted(name), "\"kid\":\"k-1\"");
      assertThat(accepts(source, token(RSA, algorithm))).isTrue();
      assertThat(accepts(keys, token(RSA, algorithm))).isTrue();
      assertThat(accepts(keys, token(RSA, other))).isFalse();
    }
  }

  @Test
  void aKeyThatNamesNoAlgorithmNamesNone() throws Exception {
    String keys = published(set(with(RSA)));
    assertThat(keys).doesNotContain("alg").contains("\"use\":\"sig\"");
    for (JWSAlgorithm each : List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS384)) {
      assertThat(accepts(keys, token(RSA, each))).isTrue();
    }
    JWK p384 = ec(Curve.P_384);
    String both = published(set(with(p384, "alg", "ES384"), with(RSA, "kid", "k-2")));
    assertThat(accepts(both, token(p384, JWSAlgorithm.ES384))).isTrue();
  }

  /** One key under two names, and one name of two keys (RFC 7517, section 4.5). */
  @Test
  void namesArePublishedAsTheyAre() throws Exception {
    String twice =
        set(with(RSA, "alg", "RS256"), with(RSA, "alg", "PS256"), with(RSA, "alg", "PS256"));
    assertThat(ForeignJwk.read(twice).keys()).hasSize(2);
    assertThat(accepts(published(twice), token(RSA, JWSAlgorithm.PS256))).isTrue();
    assertThat(accepts(published(twice), token(RSA, JWSAlgorithm.RS256))).isTrue();
    JWK p256 = ec(Curve.P_256);
    String one = published(set(with(RSA), with(p256)));
    assertThat(accepts(one, token(RSA, JWSAlgorithm.RS512))).isTrue();
    assertThat(accepts(one, token(p256, JWSAlgorithm.ES256))).isTrue();
    ForeignJwk unnamed = ForeignJwk.read(set(with(p256, "kid", null))).keys().getFirst();
    assertThat(unnamed.kid()).isEqualTo(p256.computeThumbprint().toString());
  }

  /** Whatever says in one of its ways that it is for something else. */
  @Test
  void keysThatDoNotVerifyAreLeftOut() throws Exception {
    JWK p256 = ec(Curve.P_256);
    List<Map<String, Object>> others =
        List.of(
            with(RSA, "use", KeyUse.ENCRYPTION.getValue(), "alg", "RSA-OAEP"),
            with(RSA, "use", "enc"),
            with(RSA, "use", "enc", "alg", "RS256"),
            with(RSA, "use", "tls"),
            with(RSA, "use", "x509-svid"),
            with(RSA, "key_ops", List.of(KeyOperation.ENCRYPT.identifier(), "wrapKey")),
            with(RSA, "key_ops", List.of()),
            with(RSA, "alg", "RSA-OAEP-256"),
            with(RSA, "alg", "RSA1_5"),
            with(p256, "alg", "ECDH-ES+A128KW"),
            Map.of("kty", "EC", "crv", "P-521", "x", "AA", "y", "AA", "use", "enc"),
            Map.of("kty", "OKP", "crv", "X25519", "x", "AA"));
    for (Map<String, Object> other : others) {
      ForeignJwk.Read read = ForeignJwk.read(set(other, with(p256, "key_ops", List.of("verify"))));
      assertThat(read.keys()).as("%s", other).hasSize(1);
      assertThat(read.leftOut()).singleElement().asString().contains("is left out: its ");
      assertThat(accepts(published(set(other, with(p256))), token(p256, JWSAlgorithm.ES256)))
          .isTrue();
    }
    assertThat(ForeignJwk.read(set(with(p256, "use", "jwt-svid"))).keys()).hasSize(1);
  }

  /** Verifiers go by these: to leave them out silently would refuse what was accepted. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'kid':'a','kty':'EC','crv':'P-521','x':'AA','y':'AA','use':'sig'} | kid 'a' | on 'P-521'",
        "{'kid':'a','kty':'EC','crv':'secp256k1','x':'AA','y':'AA'} | kid 'a' | on 'secp256k1'",
        "{'kty':'OKP','crv':'Ed448','x':'AA'} | at place 1 | on 'Ed448'",
        "{'kty':'AKP','alg':'ML-DSA-44','pub':'AA'} | at place 1 | kty is 'AKP'",
        "{'kty':'RSA','n':'AA','e':'AQAB'} | at place 1 | an RSA modulus",
        "{'kty':'RSA','e':'AQAB'} | at place 1 | member 'n' is missing",
        "{'kid':7,'kty':'RSA','n':'AA','e':'AQAB'} | at place 1 | RSA modulus",
        "{'crv':'P-256'} | at place 1 | member 'kty' is missing"
      })
  void aSignatureKeyThatIsNotKnownHereIsNamed(String key, String which, String why) {
    assertThatThrownBy(() -> ForeignJwk.read("{'keys':[%s]}".formatted(key).replace('\'', '"')))
        .isInstanceOf(UnreadableJose.class)
        .hasMessageContaining(which)
        .hasMessageContaining(why);
  }

  @Test
  void anAlgorithmThatDoesNotFitIsNamed() throws Exception {
    JWK p256 = ec(Curve.P_256);
    for (String alg : List.of("ES384", "RS256", "EdDSA")) {
      assertThatThrownBy(() -> ForeignJwk.read(set(with(p256, "alg", alg))))
          .hasMessageContaining("kid 'k-1' verifies signatures, but cannot be taken")
          .hasMessageContaining("not of the kind that signs by " + alg);
    }
    for (String alg : List.of("HS256", "none", "ES256K", "rs256", "")) {
      assertThatThrownBy(() -> ForeignJwk.read(set(with(p256, "alg", alg))))
          .hasMessageContaining("its alg '%s' is none of: RS256".formatted(alg));
    }
  }

  @Test
  void secretsAreRefusedWhateverTheyAreFor() throws Exception {
    for (Map<String, Object> secret :
        List.<Map<String, Object>>of(
            RSA.toJSONObject(),
            with(RSA, "use", "enc", "d", "AA"),
            with(ec(Curve.P_256), "d", "AA"),
            Map.of("kty", "oct", "k", "AA", "kid", "shared"))) {
      assertThatThrownBy(() -> ForeignJwk.read(set(with(RSA), secret)))
          .hasMessageContaining("is a private key or a shared secret")
          .hasMessageNotContaining("AA");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "{\"keys\":[1]}", "{", "{\"keys\":{}}", "{\"kty\":null}"})
  void whatIsNoSetIsRefused(String text) {
    assertThatThrownBy(() -> ForeignJwk.read(text)).isInstanceOf(UnreadableJose.class);
  }
}
