package io.carousel.orchestrator.rules;

import io.carousel.events.DistinguishedName;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** The names of certificates and CRLs, to be compared as RFC 5280, section 7.1, says. */
final class Names {
  private Names() {}

  static DistinguishedName subject(X509Certificate x) {
    return DistinguishedName.of(x.getSubjectX500Principal().getEncoded());
  }

  static DistinguishedName issuer(X509Certificate x) {
    return DistinguishedName.of(x.getIssuerX500Principal().getEncoded());
  }

  /** What keeps that certificate from naming its issuer; empty if it does. */
  static Optional<String> otherIssuer(X509Certificate x, X509Certificate above) {
    return issuer(x).difference("as its issuer", subject(above), "as the subject above it");
  }

  /** What keeps that CRL from being the issuer's by name; empty if it is. */
  static Optional<String> otherIssuer(X509CRL crl, X509Certificate issuer) {
    return DistinguishedName.of(crl.getIssuerX500Principal().getEncoded())
        .difference("as its issuer", subject(issuer), "as the CA's subject");
  }
}
