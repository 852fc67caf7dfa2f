package io.carousel.events;

/**
 * What a key for signatures may say of its algorithm in a JWK (RFC 7518, section 3.1; RFC 8037,
 * section 3.1; RFC 9864, section 2.2). Keys of CAs elsewhere sign by more of them than keys here.
 */
public enum JwkAlgorithm implements Word {
  /** RSA PKCS#1 v1.5 with SHA-256. */
  RS256("RS256"),
  /** RSA PKCS#1 v1.5 with SHA-384. */
  RS384("RS384"),
  /** RSA PKCS#1 v1.5 with SHA-512. */
  RS512("RS512"),
  /** RSASSA-PSS with SHA-256. */
  PS256("PS256"),
  /** RSASSA-PSS with SHA-384. */
  PS384("PS384"),
  /** RSASSA-PSS with SHA-512. */
  PS512("PS512"),
  /** ECDSA over P-256 with SHA-256. */
  ES256("ES256"),
  /** ECDSA over P-384 with SHA-384. */
  ES384("ES384"),
  /** EdDSA over whichever curve the key has. */
  EDDSA("EdDSA"),
  /** EdDSA over Ed25519. */
  ED25519("Ed25519");

  private final String wire;

  JwkAlgorithm(String wire) {
    this.wire = wire;
  }

  @Override
  public String wire() {
    return wire;
  }

  /** Whether such a key can sign so. */
  public boolean fits(SubjectPublicKey key) {
    return switch (this) {
      case RS256, RS384, RS512, PS256, PS384, PS512 -> key instanceof SubjectPublicKey.Rsa;
      case ES256 -> key instanceof SubjectPublicKey.Ec ec && ec.curve() == NistCurve.P256;
      case ES384 -> key instanceof SubjectPublicKey.Ec ec && ec.curve() == NistCurve.P384;
      case EDDSA, ED25519 -> key instanceof SubjectPublicKey.Ed25519;
    };
  }
}
