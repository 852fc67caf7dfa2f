package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.RevocationReason;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last CRL of a CA elsewhere, as other programs write it. */
@Timeout(60)
class ForeignCrlTest {
  private static final X500Name NAME = new X500Name("CN=Old Workshop CA");
  private static final Instant FROM = Instant.parse("2026-03-01T12:00:00Z");

  private final KeyPair key = keyPair();
  private final Optional<Bytes> ca = Optional.of(certificate());

  private record Part(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {}

  private static KeyPair keyPair() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Bytes certificate() {
    try {
      Date from = Date.from(FROM);
      Date to = Date.from(FROM.plus(Duration.ofDays(900)));
      var builder =
          new JcaX509v3CertificateBuilder(NAME, BigInteger.TEN, from, to, NAME, key.getPublic());
      return Bytes.of(
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
              .getEncoded());
    } catch (java.io.IOException | org.bouncycastle.operator.OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private Bytes crl(List<BigInteger> revoked, Part... parts) throws Exception {
    var builder = new X509v2CRLBuilder(NAME, Date.from(FROM));
    builder.setNextUpdate(Date.from(FROM.plus(Duration.ofDays(30))));
    for (int i = 0; i < revoked.size(); i++) {
      builder.addCRLEntry(revoked.get(i), Date.from(FROM.minusSeconds(i)), 0);
    }
    for (Part part : parts) {
      builder.addExtension(part.oid(), part.critical(), part.value());
    }
    return Bytes.of(
        builder
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
            .getEncoded());
  }

  private static Part numbered(BigInteger number) {
    return new Part(Extension.cRLNumber, false, new ASN1Integer(number));
  }

  /** As GnuTLS, which takes seconds and nanoseconds for it, and as whoever takes 20 octets. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "9223372036854775806",
        "9223372036854775807",
        "18446744073709551615",
        "37624837283746723984627384672384672384672384",
        "700000000000000000000000000000000000000000000000"
      })
  void numberingGoesOnAfterEveryNumber(String last) throws Exception {
    ForeignCrl read = ForeignCrl.read(crl(List.of(), numbered(new BigInteger(last))), ca);
    assertThat(read.next(Optional.empty()).number())
        .isEqualTo(new BigInteger(last).add(BigInteger.ONE));
    var chosen = CrlNumber.of(new BigInteger(last).add(BigInteger.TEN));
    assertThat(read.next(Optional.of(chosen))).isEqualTo(chosen);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read.next(Optional.of(new CrlNumber(last))))
        .withMessageContaining("is not greater than the number " + last);
  }

  @Test
  void aNumberBeyondTheStandardSaysSo() throws Exception {
    Bytes longer = crl(List.of(), numbered(BigInteger.ONE.shiftLeft(159)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ForeignCrl.read(longer, ca))
        .withMessageContaining("21 octets")
        .withMessageContaining("5.2.3");
    Bytes negative = crl(List.of(), numbered(BigInteger.TEN.negate()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ForeignCrl.read(negative, ca))
        .withMessageContaining("negative");
    Bytes last = crl(List.of(), numbered(CrlNumber.GREATEST.number()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ForeignCrl.read(last, ca).next(Optional.empty()))
        .withMessageContaining("21 octets");
    assertThat(ForeignCrl.read(crl(List.of()), ca).next(Optional.empty()))
        .isEqualTo(CrlNumber.FIRST);
  }

  @Test
  void whateverItListsIsTakenOnce() throws Exception {
    BigInteger many = BigInteger.ONE.shiftLeft(160).subtract(BigInteger.ONE);
    List<BigInteger> serials =
        List.of(
            BigInteger.valueOf(77), BigInteger.ZERO, BigInteger.valueOf(-9), many, BigInteger.ZERO);
    ForeignCrl read = ForeignCrl.read(crl(serials), ca);
    assertThat(read.revoked())
        .extracting(e -> e.serial().number())
        .containsExactly(BigInteger.valueOf(-9), BigInteger.ZERO, BigInteger.valueOf(77), many);
    assertThat(read.revoked().get(1))
        .isEqualTo(
            new CrlDraft.Entry(
                read.revoked().get(1).serial(),
                FROM.minusSeconds(4),
                RevocationReason.UNSPECIFIED));
  }

  @Test
  void whatIsNoCompleteCrlIsRefused() throws Exception {
    Bytes partial =
        crl(
            List.of(),
            new Part(
                Extension.issuingDistributionPoint,
                true,
                new IssuingDistributionPoint(null, true, false)));
    Bytes delta =
        crl(
            List.of(),
            new Part(Extension.deltaCRLIndicator, true, new ASN1Integer(BigInteger.ONE)));
    for (Bytes each : List.of(partial, delta)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ForeignCrl.read(each, ca))
          .withMessageContaining("no plain, complete CRL");
    }
  }
}
