package io.carousel.events;

/**
 * Why a credential was revoked (CRLReason, RFC 5280, section 5.3.1): those that a CA gives for a
 * leaf, for good.
 */
public enum RevocationReason implements Word {
  /** Nobody said. */
  UNSPECIFIED("unspecified", 0),
  /** Its private key is known, or feared to be known, to others. */
  KEY_COMPROMISE("key-compromise", 1),
  /** Its holder is somebody else now. */
  AFFILIATION_CHANGED("affiliation-changed", 3),
  /** Another has taken its place. */
  SUPERSEDED("superseded", 4),
  /** It is no longer needed. */
  CESSATION_OF_OPERATION("cessation-of-operation", 5),
  /** Its holder may no longer do what it says. */
  PRIVILEGE_WITHDRAWN("privilege-withdrawn", 9);

  private final String wire;
  private final int code;

  RevocationReason(String wire, int code) {
    this.wire = wire;
    this.code = code;
  }

  @Override
  public String wire() {
    return wire;
  }

  /** The value of CRLReason. */
  public int code() {
    return code;
  }

  @Override
  public String toString() {
    return wire;
  }
}
