package io.carousel.signer.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Profile;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.jose.JsonWebToken;
import io.carousel.events.jose.Jwk;
import io.carousel.signer.Asked;
import io.carousel.signer.Tool;
import io.carousel.signer.certificate.Desks;
import io.carousel.signer.certificate.Desks.Made;
import io.carousel.signer.certificate.Placeholder;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.InMemoryToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens as the work gives them, opened and judged by Nimbus and by the command jose. */
class TokensTest {
  private static final KeyPair REQUESTER = pair("secp256r1");

  private final Desks desks = new Desks(new InMemoryToken());

  @TempDir Path folder;

  private static KeyPair pair(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Bytes recipient() {
    return Bytes.of(REQUESTER.getPublic().getEncoded());
  }

  private static String opened(LeafSigned signed) throws Exception {
    var envelope = JWEObject.parse(new String(signed.credential().toArray(), US_ASCII));
    assertThat(envelope.getHeader().getAlgorithm().getName()).isEqualTo("ECDH-ES");
    assertThat(envelope.getHeader().getEncryptionMethod().getName()).isEqualTo("A256GCM");
    assertThat(envelope.getHeader().getContentType()).isEqualTo("JWT");
    envelope.decrypt(new ECDHDecrypter((ECPrivateKey) REQUESTER.getPrivate()));
    return envelope.getPayload().toString();
  }

  @ParameterizedTest
  @EnumSource
  void theRequesterAloneReadsIt(Suite suite) throws Exception {
    Made ca = desks.key(Format.JWT, suite);
    SignToken asked = Asked.token(ca.asked(), ca.key(), recipient(), "https://a.example", "b");
    LeafSigned signed = desks.sign(asked);
    String token = opened(signed);
    var jwt = SignedJWT.parse(token);
    assertThat(verifies(jwt, ca.key().publicKey(), suite)).isTrue();
    JWTClaimsSet claims = jwt.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo("https://carousel.example/user");
    assertThat(claims.getSubject())
        .isEqualTo("carousel:00112233445566778899aabbccddeeff/user/web-1");
    assertThat(claims.getAudience()).containsExactly("b", "https://a.example");
    assertThat(claims.getNotBeforeTime()).isEqualTo(Date.from(asked.order().notBefore()));
    assertThat(claims.getExpirationTime()).isEqualTo(Date.from(asked.order().notAfter()));
    assertThat(claims.getJWTID()).isEqualTo(asked.order().serial().value());
    Digest once = Digest.of(token.getBytes(US_ASCII));
    assertThat(signed.digest()).isEqualTo(Digest.of(once.bytes())).isNotEqualTo(once);
    assertThat(signed.format()).isEqualTo(Format.JWT);
    assertThat(JsonWebToken.read(token).verifies(Jwk.of(ca.key().publicKey(), suite))).isTrue();
    var stranger = new ECDHDecrypter((ECPrivateKey) pair("secp256r1").getPrivate());
    var envelope = JWEObject.parse(new String(signed.credential().toArray(), US_ASCII));
    assertThatThrownBy(() -> envelope.decrypt(stranger)).hasMessageContaining("Tag mismatch");
  }

  /** Under the JWK that verifiers are given. */
  private static boolean verifies(SignedJWT jwt, Bytes caKey, Suite suite) throws Exception {
    JWK jwk = JWK.parse(Jwk.of(caKey, suite).json());
    assertThat(jwt.getHeader().getKeyID()).isEqualTo(jwk.computeThumbprint().toString());
    JWSVerifier verifier =
        switch (suite.family()) {
          case RSA -> new RSASSAVerifier(jwk.toRSAKey());
          case EC -> new ECDSAVerifier(jwk.toECKey());
          case ED25519 -> null; // Nimbus needs another library for it: the JDK judges
        };
    return verifier == null ? ed25519(jwt, caKey) : jwt.verify(verifier);
  }

  private static boolean ed25519(SignedJWT jwt, Bytes caKey) throws Exception {
    Signature jdk = Signature.getInstance("Ed25519");
    jdk.initVerify(SubjectPublicKey.of(caKey).jca());
    jdk.update(jwt.getSigningInput());
    return jdk.verify(jwt.getSignature().decode());
  }

  /** That command knows no Ed25519. */
  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "RSA_4096", "ECDSA_P256", "ECDSA_P384"})
  void theCommandJoseReadsIt(Suite suite) throws Exception {
    Tool.need("jose");
    Made ca = desks.key(Format.JWT, suite);
    LeafSigned signed = desks.sign(Asked.token(ca.asked(), ca.key(), recipient(), "a"));
    var own =
        new ECKey.Builder(Curve.P_256, (ECPublicKey) REQUESTER.getPublic())
            .privateKey((ECPrivateKey) REQUESTER.getPrivate())
            .build();
    Path key = Files.writeString(folder.resolve("own.jwk"), own.toJSONString());
    Path jwe = Files.write(folder.resolve("token.jwe"), signed.credential().toArray());
    Path jws = folder.resolve("token.jws");
    Tool.run("jose", "jwe", "dec", "-i", jwe, "-k", key, "-O", jws).good();
    assertThat(Files.readString(jws)).isEqualTo(opened(signed));
    Path jwk =
        Files.writeString(folder.resolve("ca.jwk"), Jwk.of(ca.key().publicKey(), suite).json());
    assertThat(Tool.run("jose", "jws", "ver", "-i", jws, "-k", jwk, "-O", "-").good())
        .contains("\"sub\":\"carousel:00112233445566778899aabbccddeeff/user/web-1\"");
    Made other = desks.key(Format.JWT, suite);
    Path wrong =
        Files.writeString(
            folder.resolve("other.jwk"), Jwk.of(other.key().publicKey(), suite).json());
    Tool.run("jose", "jws", "ver", "-i", jws, "-k", wrong).bad();
  }

  @Test
  void whatATokenHasNoPlaceForIsRefused() throws Exception {
    Made ca = desks.key(Format.JWT, Suite.ECDSA_P256);
    SignToken sound = Asked.token(ca.asked(), ca.key(), recipient(), "a");
    for (Profile profile : List.of(Profile.SERVER, Profile.BOTH)) {
      refused(Refusal.PROFILE_NOT_ALLOWED, Asked.with(sound, o -> o.profile = profile));
    }
    refused(Refusal.BAD_CONTENT, with(sound, "a".repeat(2049), sound.audiences()));
    refused(Refusal.BAD_CONTENT, with(sound, "", sound.audiences()));
    refused(Refusal.BAD_CONTENT, with(sound, "a: b", sound.audiences()));
    refused(Refusal.BAD_CONTENT, with(sound, "a\u202eb", sound.audiences()));
    refused(Refusal.BAD_CONTENT, with(sound, "a", List.of()));
    List<String> many = IntStream.range(0, 17).mapToObj(i -> "a" + i).toList();
    refused(Refusal.BAD_CONTENT, with(sound, "a", many));
    List<String> long16 = IntStream.range(0, 16).mapToObj(i -> i + "a".repeat(600)).toList();
    refused(Refusal.BAD_CONTENT, with(sound, "a", long16));
    refused(Refusal.BAD_CONTENT, Asked.with(sound, o -> o.notBefore = o.notBefore.plusNanos(1)));
    refused(Refusal.BAD_CONTENT, Asked.with(sound, o -> o.suite = Suite.ECDSA_P384));
  }

  private static SignToken with(SignToken t, String issuer, List<String> audiences) {
    return new SignToken(t.order(), t.caKey(), issuer, audiences, t.recipient());
  }

  private static void refused(Refusal refusal, SignToken command) {
    Bytes placeholder = Bytes.of(Placeholder.of(Suite.ECDSA_P256));
    assertThatThrownBy(() -> Tokens.draft(Desks.HOUSE, command, placeholder))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.why()).as(e.getMessage()).isEqualTo(refusal));
  }

  /** Found before the token signs, and not when what it signed is to be sealed. */
  @Test
  void aTokenIsSealedToASoundKeyOnly() throws Exception {
    byte[] beside = recipient().toArray();
    beside[beside.length - 1] ^= 1;
    byte[] nothing = recipient().toArray();
    java.util.Arrays.fill(nothing, nothing.length - 64, nothing.length, (byte) 0);
    Stream.of(
            Bytes.of(new byte[0]),
            Bytes.of(beside),
            Bytes.of(nothing),
            Bytes.of(pair("secp384r1").getPublic().getEncoded()),
            Asked.publicKey("RSA", 2048),
            Asked.publicKey("X25519", 0),
            Asked.publicKey("Ed25519", 0))
        .forEach(key ->
            assertThatThrownBy(() -> Sealed.to(key))
                .isInstanceOfSatisfying(
                    Refused.class, e -> assertThat(e.why()).isEqualTo(Refusal.BAD_KEY)));
    Made ca = desks.key(Format.JWT, Suite.ED25519);
    var answer = desks.answer(Asked.token(ca.asked(), ca.key(), Bytes.of(beside), "a"));
    assertThat(((LeafRefused) answer).code()).isEqualTo("bad-key");
  }

  @ParameterizedTest
  @EnumSource
  void theKeysNameIsThatOfTheSet(Suite suite) throws Exception {
    Bytes key = desks.key(Format.JWT, suite).key().publicKey();
    assertThat(SigningKey.thumbprint(key)).isEqualTo(Jwk.of(key, suite).kid());
    assertThat(SigningKey.algorithm(suite).getName())
        .isEqualTo(Jwk.of(key, suite).algorithm().wire());
  }
}
