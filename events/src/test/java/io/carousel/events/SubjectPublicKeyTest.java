package io.carousel.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.testing.SoftwareKey;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
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

  @ParameterizedTest
  @EnumSource(Suite.class)
  void theKeyOfACertificateIsFoundAsTheJdkFindsIt(Suite suite) throws Exception {
    SoftwareKey key = SoftwareKey.of(suite);
    byte[] certificate = certificate(key);
    assertThat(SubjectPublicKey.certified(Bytes.of(certificate))).isEqualTo(key.spki());
    for (int length = 0; length < certificate.length; length++) {
      Bytes cut = Bytes.of(Arrays.copyOf(certificate, length));
      assertThatThrownBy(() -> SubjectPublicKey.certified(cut)).isInstanceOf(UnreadableDer.class);
    }
  }

  private static byte[] certificate(SoftwareKey key) throws Exception {
    var algorithm = new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.2.840.10045.4.3.2"));
    var body = new V3TBSCertificateGenerator();
    body.setSignature(algorithm);
    body.setSerialNumber(new ASN1Integer(BigInteger.TWO.pow(127)));
    body.setIssuer(new X500Name("CN=above,O=Carousel"));
    body.setSubject(new X500Name("CN=below"));
    body.setStartDate(new Time(new DERUTCTime("700101000000Z")));
    body.setEndDate(new Time(new DERUTCTime("491231235959Z")));
    body.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.spki().toArray()));
    var parts =
        new ASN1Encodable[] {
          body.generateTBSCertificate(), algorithm, new DERBitString(new byte[64])
        };
    byte[] der = new DERSequence(parts).getEncoded();
    Certificate read =
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    assertThat(read.getPublicKey().getEncoded()).isEqualTo(key.spki().toArray());
    return der;
  }

  @Property(tries = 3_000)
  void changedKeysAreReadExactlyOrRefused(
      @ForAll Suite suite, @ForAll @IntRange(max = 600) int place, @ForAll byte change) {
    byte[] spki = SoftwareKey.of(suite).spki().toArray();
    spki[place % spki.length] = change;
    readOrRefuse(spki);
    readOrRefuse(Arrays.copyOf(spki, place % spki.length));
    readOrRefuse(Arrays.copyOf(spki, spki.length + 1));
  }

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
