package io.carousel.events;

/** What a participant does with an authority's credentials. */
public enum Role implements Word {
  /** Shows a client credential. */
  PRESENTS_CLIENT("presents-client"),

  /** Shows a server credential. */
  PRESENTS_SERVER("presents-server"),

  /** Checks the credentials of others. */
  VERIFIES("verifies");

  private final String wire;

  Role(String wire) {
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
