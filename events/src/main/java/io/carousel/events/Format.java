package io.carousel.events;

/** What kind of credential a key signs. An authority has a key of its own for each. */
public enum Format implements Word {
  /** Certificates and CRLs (RFC 5280). */
  X509("x509"),
  /** OpenSSH user and host certificates (PROTOCOL.certkeys). */
  SSH("ssh"),
  /** JSON Web Tokens (RFC 7519), shown by their bearer. */
  JWT("jwt");

  private final String wire;

  Format(String wire) {
    this.wire = wire;
  }

  @Override
  public String wire() {
    return wire;
  }

  @Override
  public String toString() {
    return wire;
  }
}
