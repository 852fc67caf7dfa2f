package io.carousel.signer.token.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Suite;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Modules give points in three forms; the JDK says what the key is. */
class PublicKeysTest {

  static Stream<Arguments> curves() throws Exception {
    return Stream.of(
        Arguments.of(Suite.ECDSA_P256, ec("secp256r1"), 65),
        Arguments.of(Suite.ECDSA_P384, ec("secp384r1"), 97),
        Arguments.of(
            Suite.ED25519,
            KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic(),
            32));
  }

  private static PublicKey ec(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair().getPublic();
  }

  @ParameterizedTest
  @MethodSource("curves")
  void takesAPointBareOrWrapped(Suite suite, PublicKey key, int length) {
    byte[] spki = key.getEncoded();
    byte[] point = Arrays.copyOfRange(spki, spki.length - length, spki.length);

    assertThat(PublicKeys.ec(suite, point)).contains(spki);
    assertThat(PublicKeys.ec(suite, wrapped("04%02x", length, point))).contains(spki);
    assertThat(PublicKeys.ec(suite, wrapped("03%02x00", length + 1, point))).contains(spki);
  }

  @ParameterizedTest
  @MethodSource("curves")
  void takesNothingElse(Suite suite, PublicKey key, int length) {
    byte[] spki = key.getEncoded();
    byte[] point = Arrays.copyOfRange(spki, spki.length - length, spki.length);

    assertThat(PublicKeys.ec(suite, Arrays.copyOf(point, length - 1))).isEmpty();
    assertThat(PublicKeys.ec(suite, Arrays.copyOf(point, length + 1))).isEmpty();
    assertThat(PublicKeys.ec(suite, wrapped("05%02x", length, point))).isEmpty();
    assertThat(PublicKeys.ec(suite, wrapped("04%02x", length - 1, point))).isEmpty();
    assertThat(PublicKeys.ec(suite, new byte[0])).isEmpty();
  }

  private static byte[] wrapped(String head, int length, byte[] point) {
    HexFormat hex = HexFormat.of();
    return hex.parseHex(head.formatted(length) + hex.formatHex(point));
  }
}
