package io.carousel.events;

/** How a key came to be in its token, as far as its worker knows. */
public enum KeyOrigin implements Word {
  /** It was generated there for the command that asked for it. */
  GENERATED("generated"),
  /** It was in the token under the label of the command that asked for it. */
  RECOVERED("recovered"),
  /** It was there before, and the command named it. */
  FOUND("found");

  private final String wire;

  KeyOrigin(String wire) {
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
