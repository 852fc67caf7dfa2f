package io.carousel.events;

/** What verifiers of an authority do with the external root above it. */
public enum RootUse implements Word {
  /**
   * They pin the CA certificates of the authority (a partial chain) and do not trust the root:
   * whose certificate is taken out of their trust is trusted no more.
   */
  PINNED("pinned"),
  /**
   * They trust the root, and through it every CA certificate that it signed and its CRL does not
   * revoke.
   */
  ROOT("root");

  private final String wire;

  RootUse(String wire) {
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
