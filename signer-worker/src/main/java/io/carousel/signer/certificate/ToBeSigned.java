package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;

/**
 * A certificate that lacks only its signature.
 *
 * @param suite of the key that is to sign
 * @param bytes the DER {@code TBSCertificate} (RFC 5280, section 4.1.2), which the token signs
 */
public record ToBeSigned(Suite suite, Bytes bytes) {

  /**
   * The whole certificate, DER.
   *
   * @param signature in the form of X.509; not verified here
   */
  public Bytes complete(byte[] signature) {
    return Der.certificate(bytes, suite, signature);
  }
}
