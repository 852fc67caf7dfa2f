package io.carousel.orchestrator.http;

import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.DistinguishedName;
import io.carousel.events.ListedSerial;
import io.carousel.events.RevocationReason;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The last CRL of a key before it was adopted (RFC 5280, section 5).
 *
 * @param number its own; empty if it has none
 * @param revoked what it lists, each certificate once
 */
record ForeignCrl(Optional<CrlNumber> number, List<CrlDraft.Entry> revoked) {
  private static final String CRL_NUMBER = "2.5.29.20";

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
      DistinguishedName.of(crl.getIssuerX500Principal().getEncoded())
          .difference(
              "as its issuer",
              DistinguishedName.of(ca.getSubjectX500Principal().getEncoded()),
              "as the CA's subject")
          .ifPresent(why -> {
            throw new IllegalArgumentException("the CRL is of another CA: " + why);
          });
      crl.verify(ca.getPublicKey());
      if (!isPlain(crl)) {
        throw new IllegalArgumentException(
            "the CRL has a critical extension, and so is no plain, complete CRL; give the last complete one");
      }
      return new ForeignCrl(
          Optional.ofNullable(crl.getExtensionValue(CRL_NUMBER)).map(CrlNumber::ofExtension),
          entries(crl));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the CRL cannot be read, or its CA did not sign it: " + e.getMessage(), e);
    }
  }

  /** Partial, indirect and delta CRLs say so critically, in the whole or in an entry. */
  private static boolean isPlain(X509CRL crl) {
    Set<? extends X509CRLEntry> listed = crl.getRevokedCertificates();
    return none(crl.getCriticalExtensionOIDs())
        && (listed == null
            || listed.stream()
                .map(X509CRLEntry::getCriticalExtensionOIDs)
                .allMatch(ForeignCrl::none));
  }

  private static boolean none(Set<String> some) {
    return some == null || some.isEmpty();
  }

  /**
   * The number of the first CRL that the key signs here.
   *
   * @param wanted what the operator says
   * @throws IllegalArgumentException if that is no greater than the number of this CRL
   */
  CrlNumber next(Optional<CrlNumber> wanted) {
    if (number.isEmpty()) {
      return wanted.orElse(CrlNumber.FIRST);
    }
    CrlNumber last = number.get();
    if (wanted.isPresent() && wanted.get().compareTo(last) <= 0) {
      throw new IllegalArgumentException(
          "crlNumber %s is not greater than the number %s of the CRL, so verifiers would keep the old one; leave crlNumber out, or give a greater one"
              .formatted(wanted.get(), last));
    }
    return wanted.orElseGet(last::next);
  }

  private static List<CrlDraft.Entry> entries(X509CRL crl) {
    Set<? extends X509CRLEntry> listed = crl.getRevokedCertificates();
    return (listed == null ? Set.<X509CRLEntry>of() : listed)
        .stream()
            .map(e ->
                new CrlDraft.Entry(
                    ListedSerial.of(e.getSerialNumber()),
                    e.getRevocationDate().toInstant(),
                    reason(e)))
            .collect(
                Collectors.toMap(
                    CrlDraft.Entry::serial,
                    e -> e,
                    (one, other) -> one.since().isAfter(other.since()) ? other : one,
                    TreeMap::new))
            .values()
            .stream()
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
