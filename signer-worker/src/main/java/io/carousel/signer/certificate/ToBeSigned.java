package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;

/**
 * A certificate or CRL that lacks only its signature.
 *
 * @param suite of the key that is to sign
 * @param bytes the DER {@code TBSCertificate} or {@code TBSCertList} (RFC 5280, sections 4.1.2 and
 *     5.1.2), which the token signs
 */
public record ToBeSigned(Suite suite, Bytes bytes) {

  /**
   * The whole, DER.
   *
   * @param signature in the form of X.509; not verified here
   */
  public Bytes complete(byte[] signature) {
    return Der.signed(bytes, suite, signature);
  }
}
