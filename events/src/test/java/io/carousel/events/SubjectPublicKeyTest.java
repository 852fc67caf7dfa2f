package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.testing.LongFuzzing;
import io.carousel.events.testing.SoftwareKey;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of the JDK are taken apart and put together again; what is no safe key is refused. */
class SubjectPublicKeyTest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(2048).subtract(BigInteger.ONE);
  private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

  @ParameterizedTest
  @EnumSource(Suite.class)
  void theJdksKeysAreRead(Suite suite) {
    for (SoftwareKey key : new SoftwareKey[] {SoftwareKey.of(suite), fresh(suite)}) {
      SubjectPublicKey read = SubjectPublicKey.of(key.spki());
      assertThat(read.spki()).isEqualTo(key.spki());
      assertThat(read.suite()).contains(suite);
      assertThat(read.jca()).isEqualTo(key.pair().getPublic());
    }
  }

  private static SoftwareKey fresh(Suite suite) {
    return suite == Suite.RSA_4096 ? SoftwareKey.of(suite) : SoftwareKey.fresh(suite);
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 3_000)
  void changedKeysAreReadExactlyOrRefused(
      @ForAll Suite suite, @ForAll @IntRange(max = 600) int place, @ForAll byte change) {
    byte[] spki = SoftwareKey.of(suite).spki().toArray();
    spki[place % spki.length] = change;
    readOrRefuse(spki);
    readOrRefuse(Arrays.copyOf(spki, place % spki.length));
    readOrRefuse(Arrays.copyOf(spki, spki.length + 1));
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 1_000)
  void randomBytesAreRefused(@ForAll byte[] bytes) {
    readOrRefuse(bytes);
  }

  private static void readOrRefuse(byte[] spki) {
    SubjectPublicKey read;
    try {
      read = SubjectPublicKey.of(Bytes.of(spki));
    } catch (IllegalArgumentException e) {
      assertThat(e).isExactlyInstanceOf(UnreadableDer.class);
      return;
    }
    assertThat(read.spki()).isEqualTo(Bytes.of(spki));
  }

  /** Bouncy Castle as a judge, over all kinds of points. */
  @Property(tries = 1_000)
  void pointsOfEdwards25519AreThoseOfBouncyCastle(@ForAll @Size(32) byte[] point) {
    assertThat(Edwards25519.isPublicKey(point))
        .isEqualTo(Ed25519.validatePublicKeyPartial(point, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void pointsOfSmallOrderAndSecondSpellingsAreRefused(String hex) {
    byte[] point = HexFormat.of().parseHex(hex);
    assertThat(Ed25519.validatePublicKeyPartial(point, 0)).isFalse();
    assertThatThrownBy(() -> new SubjectPublicKey.Ed25519(Bytes.of(point)))
        .isInstanceOf(UnreadableDer.class);
  }

  @Test
  void weakRsaIsRefused() {
    assertThat(new SubjectPublicKey.Rsa(MODULUS, EXPONENT).suite()).contains(Suite.RSA_2048);
    BigInteger two = BigInteger.TWO;
    for (BigInteger modulus :
        new BigInteger[] {
          MODULUS.shiftRight(1), MODULUS.subtract(BigInteger.ONE), MODULUS.negate(), MODULUS.pow(9)
        }) {
      assertThatThrownBy(() -> new SubjectPublicKey.Rsa(modulus, EXPONENT))
          .isInstanceOf(UnreadableDer.class);
    }
    for (BigInteger exponent :
        new BigInteger[] {
          BigInteger.valueOf(3),
          BigInteger.valueOf(65538),
          EXPONENT.negate(),
          two.pow(257).add(BigInteger.ONE)
        }) {
      assertThatThrownBy(() -> new SubjectPublicKey.Rsa(MODULUS, exponent))
          .isInstanceOf(UnreadableDer.class);
    }
  }

  @Test
  void pointsOffTheCurveAreRefused() {
    var key = (SubjectPublicKey.Ec) SubjectPublicKey.of(SoftwareKey.of(Suite.ECDSA_P256).spki());
    assertThatThrownBy(
            () -> new SubjectPublicKey.Ec(key.curve(), key.x(), key.y().add(BigInteger.ONE)))
        .hasMessageContaining("not on P256");
    assertThatThrownBy(() -> new SubjectPublicKey.Ec(key.curve(), BigInteger.ZERO, BigInteger.ZERO))
        .hasMessageContaining("not on P256");
  }
}
