package io.carousel.events.testing;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/** A key in memory that signs as a token would: in the form of X.509. */
public record SoftwareKey(Suite suite, KeyPair pair) {
  private static final Map<Suite, SoftwareKey> FIRST = new EnumMap<>(Suite.class);

  /** One key of that suite, the same in all tests of a run: RSA takes long to make. */
  public static synchronized SoftwareKey of(Suite suite) {
    return FIRST.computeIfAbsent(suite, SoftwareKey::fresh);
  }

  /** A new key. */
  public static SoftwareKey fresh(Suite suite) {
    try {
      return new SoftwareKey(suite, generator(suite).generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPairGenerator generator(Suite suite) throws GeneralSecurityException {
    KeyPairGenerator generator;
    switch (suite.family()) {
      case RSA -> {
        generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(suite.bits());
      }
      case EC -> {
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp%dr1".formatted(suite.bits())));
      }
      case ED25519 -> generator = KeyPairGenerator.getInstance("Ed25519");
      default -> throw new AssertionError(suite);
    }
    return generator;
  }

  /** SubjectPublicKeyInfo in DER. */
  public Bytes spki() {
    return Bytes.of(pair.getPublic().getEncoded());
  }

  /** A signature in the form of X.509. */
  public Bytes sign(Bytes message) {
    try {
      var signature = Signature.getInstance(suite.jcaSignature());
      signature.initSign(pair.getPrivate());
      signature.update(message.toArray());
      return Bytes.of(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The private key as PKCS#8 in PEM. */
  public String pem() {
    var base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
        .formatted(base64.encodeToString(pair.getPrivate().getEncoded()));
  }
}
