package io.carousel.signer.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import io.carousel.events.testing.LongFuzzing;
import io.carousel.signer.Asked;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublicKeysTest {
  @ParameterizedTest
  @CsvSource({"RSA, 2048", "RSA, 3072", "EC, 256", "EC, 384", "Ed25519, 0"})
  void soundKeysPass(String algorithm, int bits) {
    Bytes key = Asked.publicKey(algorithm, bits);
    assertThatCode(() -> PublicKeys.check(key)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"RSA, 1024", "EC, 521", "X25519, 0", "Ed448, 0", "DSA, 2048"})
  void weakOrStrangeKeysDoNot(String algorithm, int bits) {
    refused(() -> PublicKeys.check(Asked.publicKey(algorithm, bits)));
  }

  @Test
  void aShortKeyIsNamedWithItsLength() {
    assertThatThrownBy(() -> PublicKeys.check(Asked.publicKey("RSA", 1024)))
        .hasMessageContaining("2048")
        .hasMessageContaining("1024");
  }

  @Test
  void aPointMustBeOnItsCurve() {
    byte[] key = Asked.publicKey("EC", 256).toArray();
    key[key.length - 1] ^= 1;
    refused(() -> PublicKeys.check(Bytes.of(key)));
  }

  /** Eight points of Ed25519 have a small order; this one is the neutral element. */
  @Test
  void aPointMustBeOfFullOrder() {
    byte[] key = HexFormat.of().parseHex("302a300506032b6570032100" + "01" + "00".repeat(31));
    refused(() -> PublicKeys.check(Bytes.of(key)));
  }

  /** The octet before the point says how many of the last bits are unused: none (RFC 5480). */
  @ParameterizedTest
  @CsvSource({"EC, 256, 66", "Ed25519, 0, 33"})
  void noBitIsUnused(String algorithm, int bits, int fromTheEnd) {
    byte[] key = Asked.publicKey(algorithm, bits).toArray();
    key[key.length - fromTheEnd] = 1;
    key[key.length - 1] &= (byte) 0xfe;
    refused(() -> PublicKeys.check(Bytes.of(key)));
  }

  @Test
  void nothingMayFollow() {
    byte[] key = Asked.publicKey("EC", 256).toArray();
    refused(() -> PublicKeys.check(Bytes.of(Arrays.copyOf(key, key.length + 1))));
  }

  @Test
  void aKeyMustBeOfItsSuite() throws Refused {
    PublicKeys.check(Asked.publicKey("EC", 256), Suite.ECDSA_P256);
    refused(() -> PublicKeys.check(Asked.publicKey("EC", 384), Suite.ECDSA_P256));
    refused(() -> PublicKeys.check(Asked.publicKey("RSA", 2048), Suite.RSA_3072));
  }

  /** Whatever is flipped, the answer is yes or a refusal, and never a crash. */
  @Tag(LongFuzzing.TAG)
  @Property(tries = 300)
  void spoiltKeysAreRefused(
      @ForAll @IntRange(max = 90) int at, @ForAll @IntRange(min = 1, max = 255) int flip) {
    byte[] key =
        HexFormat.of()
            .parseHex(
                "3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f2"
                    + "77037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ece"
                    + "cbb6406837bf51f5");
    key[at] ^= (byte) flip;
    refused(() -> PublicKeys.check(Bytes.of(key)));
  }

  private static void refused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.why()).isEqualTo(Refusal.BAD_KEY));
  }
}
