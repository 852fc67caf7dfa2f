package io.carousel.orchestrator.rules;

/** For what a certificate from an external root is refused. */
public enum CertificateFlaw {
  /** It is not one certificate in DER. */
  UNREADABLE,
  /** Its key is none that waits for a certificate. */
  KEY,
  /** Its subject is not the request's, byte for byte. */
  SUBJECT,
  /** Its issuer is not the root's subject. */
  ISSUER,
  /** The root's key did not sign it. */
  SIGNATURE,
  /** It is signed with an algorithm that nobody should rely on. */
  ALGORITHM,
  /** It is no CA's of path length 0, or does not say so critically. */
  BASIC_CONSTRAINTS,
  /** It may not sign both certificates and CRLs, or may do what a CA should not. */
  KEY_USAGE,
  /** It limits what is below it to other purposes than TLS clients and servers. */
  PURPOSE,
  /** It has a constraint that leaf certificates of ours were not made for. */
  EXTENSION,
  /** Its subject key identifier is missing or not that of its key. */
  KEY_IDENTIFIER,
  /** It names another key above it than the root's. */
  AUTHORITY_KEY_IDENTIFIER,
  /** Its serial number is none, or that of another certificate. */
  SERIAL,
  /** It is not valid yet, or no more, or ends too early. */
  VALIDITY,
  /** It ends after the root. */
  OUTLIVES_ROOT,
  /** It lives for longer than the authority's policy says of CA certificates. */
  TOO_LONG
}
