package io.carousel.events;

/** What a gate needs to know of who presents credentials before it counts as presenting a key's. */
public enum PresentationGrade implements Word {
  /** It has signed with the credential's own key. */
  PROVEN("proven"),
  /**
   * The strongest that it is known to be able to show: proven; and where somebody looks at what its
   * service shows, that everybody gets to see it.
   */
  STRONGEST("strongest"),
  /**
   * Handshakes have shown it at every address of its service; for servers of X.509 and SSH, whose
   * addresses there is something to see at. Proven for the others.
   */
  OBSERVED("observed");

  private final String wire;

  PresentationGrade(String wire) {
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
