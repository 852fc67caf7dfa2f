package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.ForeignKey;
import io.carousel.events.Format;
import io.carousel.events.Origin;
import io.carousel.events.Serial;
import io.carousel.events.Suite;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA that is not of the house: its key, and certificates for it as they come. */
public record ForeignCa(KeyPair pair, Suite suite) {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  /** With a fresh key. */
  public static ForeignCa of(Suite suite) {
    return new ForeignCa(FakeSlot.keyPair(suite), suite);
  }

  /** Of that shape, valid for a year. */
  Bytes certificate(CaShape shape) {
    return certificate(shape, NOW.minus(Duration.ofDays(30)), NOW.plus(Duration.ofDays(365)));
  }

  Bytes certificate(CaShape shape, Instant from, Instant to) {
    return FakeSlot.certificate(pair, suite, draft(from, to), shape);
  }

  /** For its key, signed by another. */
  Bytes signedBy(ForeignCa other) {
    CaDraft draft = draft(NOW.minus(Duration.ofDays(30)), NOW.plus(Duration.ofDays(365)));
    return FakeSlot.certificate(pair, other.pair, suite, draft, CaShape.RIGHT);
  }

  /** Its CRL of a week, DER. */
  public Bytes crl(long number, Instant from) {
    return crl(number, from, from.plus(Duration.ofDays(7)));
  }

  Bytes crl(long number, Instant from, Instant to) {
    try {
      // Another type of text than its certificate has, as some CAs write names anew.
      var name = new X500Name(RFC4519Style.INSTANCE, "CN=the old  CA,O=ELSEWHERE");
      var builder = new X509v2CRLBuilder(name, Date.from(from));
      builder.setNextUpdate(Date.from(to));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      return Bytes.of(
          builder
              .build(new JcaContentSignerBuilder(suite.jcaSignature()).build(pair.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static CaDraft draft(Instant from, Instant to) {
    return new CaDraft("CN=The old CA,O=Elsewhere", new Serial("5abc"), from, to);
  }

  Bytes publicKey() {
    return Bytes.of(pair.getPublic().getEncoded());
  }

  /** To be imported with that certificate. */
  ForeignKey key(Bytes certificate) {
    return new ForeignKey(Format.X509, publicKey(), Optional.of(certificate));
  }

  /** To be imported for another format. */
  ForeignKey key(Format format) {
    return new ForeignKey(format, publicKey(), Optional.empty());
  }

  /** Its certificate, to be imported. */
  public Origin imported() {
    return imported(key(certificate(CaShape.RIGHT)));
  }

  static Origin imported(ForeignKey... keys) {
    return new Origin(List.of(), List.of(keys));
  }
}
