package io.carousel.signer.certificate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK signs; what verifies must come to the same as it. */
class SignaturesTest {
  private static final byte[] MESSAGE = "a certificate".getBytes(UTF_8);

  private static KeyPair key(Suite suite) throws GeneralSecurityException {
    String algorithm = suite.family() == Suite.Family.ED25519 ? "Ed25519" : suite.family().name();
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (suite.family() != Suite.Family.ED25519) {
      generator.initialize(suite.bits());
    }
    return generator.generateKeyPair();
  }

  private static byte[] signed(KeyPair key, Suite suite) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(suite.jcaSignature());
    signature.initSign(key.getPrivate());
    signature.update(MESSAGE);
    return signature.sign();
  }

  private static Bytes publicKey(KeyPair key) {
    return Bytes.of(key.getPublic().getEncoded());
  }

  @ParameterizedTest
  @EnumSource
  void whatTheKeySignedHoldsAndNothingElse(Suite suite) throws Exception {
    KeyPair key = key(suite);
    byte[] signature = signed(key, suite);
    assertThat(Signatures.hold(publicKey(key), suite, MESSAGE, signature)).isTrue();
    byte[] other = MESSAGE.clone();
    other[0] ^= 1;
    assertThat(Signatures.hold(publicKey(key), suite, other, signature)).isFalse();
    assertThat(Signatures.hold(publicKey(key(suite)), suite, MESSAGE, signature)).isFalse();
    for (int i = 0; i < signature.length; i++) {
      byte[] spoilt = signature.clone();
      spoilt[i] ^= 1;
      assertThat(Signatures.hold(publicKey(key), suite, MESSAGE, spoilt))
          .as("octet " + i)
          .isFalse();
    }
    assertThat(Signatures.hold(publicKey(key), suite, MESSAGE, new byte[0])).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aKeyOfAnotherSuiteVerifiesNothing(Suite suite) throws Exception {
    KeyPair key = key(suite);
    byte[] signature = signed(key, suite);
    for (Suite other : Suite.values()) {
      boolean otherCurve = suite.family() == Suite.Family.EC && other != suite;
      if (other.family() != suite.family() || otherCurve) {
        assertThat(Signatures.hold(publicKey(key), other, MESSAGE, signature))
            .as("%s as %s", suite, other)
            .isFalse();
      }
    }
    assertThat(Signatures.hold(Bytes.of(new byte[5]), suite, MESSAGE, signature)).isFalse();
  }
}
