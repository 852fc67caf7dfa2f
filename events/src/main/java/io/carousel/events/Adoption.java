package io.carousel.events;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A key that is in a token already, and shall sign for a new authority.
 *
 * @param place its slot, and what it shall sign
 * @param key its CKA_ID
 * @param certificate the CA certificate that verifiers know it by, DER; for X.509 alone, and empty
 *     if it is to sign a new one
 * @param acceptWeak whether it may be less protected than is asked of keys
 * @param crlNumber of the first CRL that it signs here: beyond those that it has signed elsewhere
 * @param revoked what those list, and its CRLs here go on listing; at most {@value #MOST_REVOKED}
 */
public record Adoption(
    KeyPlace place,
    KeyId key,
    Optional<Bytes> certificate,
    boolean acceptWeak,
    CrlNumber crlNumber,
    List<CrlDraft.Entry> revoked) {
  /** Most that is revoked already: it leaves room for what will be. */
  public static final int MOST_REVOKED = 1_000;

  /** With nothing that was revoked elsewhere. */
  public Adoption(
      KeyPlace place,
      KeyId key,
      Optional<Bytes> certificate,
      boolean acceptWeak,
      CrlNumber crlNumber) {
    this(place, key, certificate, acceptWeak, crlNumber, List.of());
  }

  /** Checks that only X.509 has certificates and CRLs; sorts. */
  public Adoption {
    revoked = revoked.stream().sorted(Comparator.comparing(CrlDraft.Entry::serial)).toList();
    if (!revoked.isEmpty() && place.format() != Format.X509) {
      throw new IllegalArgumentException("only keys for x509 have CRLs");
    }
    if (revoked.size() > MOST_REVOKED
        || revoked.stream().map(CrlDraft.Entry::serial).distinct().count() != revoked.size()) {
      throw new IllegalArgumentException(
          "a key is adopted with at most %d revoked certificates, each listed once"
              .formatted(MOST_REVOKED));
    }
    if (certificate.isPresent() && place.format() != Format.X509) {
      throw new IllegalArgumentException("only keys for x509 have a CA certificate");
    }
    if (crlNumber.compareTo(CrlNumber.FIRST) < 0) {
      throw new IllegalArgumentException("CRLs are numbered from 1");
    }
    if (!crlNumber.isBeginning()) {
      throw new IllegalArgumentException(
          "CRL number %s leaves too few numbers for the CRLs after it: a CRL number has %d octets at most (RFC 5280, section 5.2.3), so the greatest is %s; begin at least 2^32 below it"
              .formatted(crlNumber, CrlNumber.MOST_OCTETS, CrlNumber.GREATEST));
    }
  }
}
