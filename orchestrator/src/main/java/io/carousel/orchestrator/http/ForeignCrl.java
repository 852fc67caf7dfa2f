package io.carousel.orchestrator.http;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.RevocationReason;
import io.carousel.events.Serial;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The last CRL of a key before it was adopted (RFC 5280, section 5).
 *
 * @param next the number after its own; 1 if it has none
 * @param revoked what it lists
 */
record ForeignCrl(long next, List<CrlDraft.Entry> revoked) {
  private static final String CRL_NUMBER = "2.5.29.20";

  /** OCTET STRING and INTEGER, each with a tag and a length. */
  private static final int NUMBER_AT = 4;

  /**
   * That CRL.
   *
   * @param issuer the CA certificate that the key keeps, which must have signed it
   * @throws IllegalArgumentException if it is none, or of another CA
   */
  static ForeignCrl read(Bytes der, Optional<Bytes> issuer) {
    if (issuer.isEmpty()) {
      throw new IllegalArgumentException(
          "a CRL comes with the CA certificate that signed it; name both");
    }
    try {
      var x509 = CertificateFactory.getInstance("X.509");
      var crl = (X509CRL) x509.generateCRL(new ByteArrayInputStream(der.toArray()));
      var ca =
          (X509Certificate)
              x509.generateCertificate(new ByteArrayInputStream(issuer.get().toArray()));
      if (!crl.getIssuerX500Principal().equals(ca.getSubjectX500Principal())) {
        throw new IllegalArgumentException("the CRL is of another CA");
      }
      crl.verify(ca.getPublicKey());
      return new ForeignCrl(next(crl), entries(crl));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the CRL cannot be read, or its CA did not sign it: " + e.getMessage(), e);
    }
  }

  private static long next(X509CRL crl) {
    byte[] value = crl.getExtensionValue(CRL_NUMBER);
    if (value == null || value.length <= NUMBER_AT) {
      return 1;
    }
    var number = new BigInteger(Arrays.copyOfRange(value, NUMBER_AT, value.length));
    if (number.signum() < 0 || number.bitLength() > Long.SIZE - 2) {
      throw new IllegalArgumentException(
          "the CRL's number has no successor that could be written; say which with crlNumber");
    }
    return number.longValueExact() + 1;
  }

  private static List<CrlDraft.Entry> entries(X509CRL crl) {
    Set<? extends X509CRLEntry> listed = crl.getRevokedCertificates();
    return (listed == null ? Set.<X509CRLEntry>of() : listed)
        .stream()
            .map(e ->
                new CrlDraft.Entry(
                    Serial.of(e.getSerialNumber()), e.getRevocationDate().toInstant(), reason(e)))
            .toList();
  }

  /** Causes that are not used here are left unsaid; what was on hold stays revoked. */
  private static RevocationReason reason(X509CRLEntry entry) {
    return Optional.ofNullable(entry.getRevocationReason()).stream()
        .flatMap(r ->
            Arrays.stream(RevocationReason.values()).filter(own -> own.name().equals(r.name())))
        .findFirst()
        .orElse(RevocationReason.UNSPECIFIED);
  }
}
