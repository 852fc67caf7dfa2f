package io.carousel.events.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JDK signs, and judges what does not hold. */
class CredentialSignatureTest {
  private static final byte[] STATEMENT = "it is mine".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @CsvSource({
    "EC, secp256r1, SHA256withECDSA, SHA384withECDSA",
    "EC, secp384r1, SHA384withECDSA, SHA256withECDSA",
    "RSA, 2048, SHA256withRSA, SHA384withRSA",
    "Ed25519, , Ed25519, "
  })
  void holdsAsTheJdkHasIt(String algorithm, String size, String right, String wrong)
      throws Exception {
    KeyPair pair = pair(algorithm, size);
    Bytes key = Bytes.of(pair.getPublic().getEncoded());
    byte[] signature = signed(pair.getPrivate(), right);
    assertThat(CredentialSignature.holds(key, STATEMENT, signature)).isTrue();
    assertThat(
            CredentialSignature.holds(
                key, "it is yours".getBytes(StandardCharsets.US_ASCII), signature))
        .isFalse();
    Bytes other = Bytes.of(pair(algorithm, size).getPublic().getEncoded());
    assertThat(CredentialSignature.holds(other, STATEMENT, signature)).isFalse();
    if (wrong != null) {
      assertThat(CredentialSignature.holds(key, STATEMENT, signed(pair.getPrivate(), wrong)))
          .isFalse();
    }
    for (int i = 0; i < signature.length; i++) {
      byte[] changed = signature.clone();
      changed[i] ^= 1;
      assertThat(CredentialSignature.holds(key, STATEMENT, changed)).as("octet %d", i).isFalse();
    }
  }

  @Test
  void whatIsNoKeyOrNoSignatureHoldsNothing() throws Exception {
    Bytes key = Bytes.of(pair("EC", "secp256r1").getPublic().getEncoded());
    var random = new Random(3);
    for (int length = 0; length < 100; length++) {
      byte[] noise = new byte[length];
      random.nextBytes(noise);
      assertThat(CredentialSignature.holds(key, STATEMENT, noise)).isFalse();
      assertThat(CredentialSignature.holds(Bytes.of(noise), STATEMENT, noise)).isFalse();
    }
    Bytes x25519 =
        Bytes.of(KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic().getEncoded());
    assertThat(CredentialSignature.holds(x25519, STATEMENT, new byte[64])).isFalse();
  }

  private static byte[] signed(PrivateKey key, String algorithm) throws Exception {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(STATEMENT);
    return signature.sign();
  }

  private static KeyPair pair(String algorithm, String size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    switch (algorithm) {
      case "EC" -> generator.initialize(new ECGenParameterSpec(size));
      case "RSA" -> generator.initialize(Integer.parseInt(size));
      default -> {
        // It has one size.
      }
    }
    return generator.generateKeyPair();
  }
}
