package io.carousel.events;

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
 */
public record Adoption(
    KeyPlace place, KeyId key, Optional<Bytes> certificate, boolean acceptWeak, long crlNumber) {
  /** Checks that only X.509 has certificates and CRLs. */
  public Adoption {
    if (certificate.isPresent() && place.format() != Format.X509) {
      throw new IllegalArgumentException("only keys for x509 have a CA certificate");
    }
    if (crlNumber < 1) {
      throw new IllegalArgumentException("CRLs are numbered from 1");
    }
  }
}
