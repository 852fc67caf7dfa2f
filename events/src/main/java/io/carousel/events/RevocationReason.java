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

  /**
   * Whether its holder may have another in its place at once: the key is not suspected, and what
   * the credential says is still so (RFC 5280, section 5.3.1, and X.509 (2019), 9.5.3.1). Otherwise
   * it takes a new identity key, or an operator's word.
   */
  public boolean allowsReplacement() {
    return switch (this) {
      case UNSPECIFIED, AFFILIATION_CHANGED, SUPERSEDED, CESSATION_OF_OPERATION -> true;
      case KEY_COMPROMISE, PRIVILEGE_WITHDRAWN -> false;
    };
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
