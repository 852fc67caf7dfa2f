package io.carousel.events;

/** What somebody who holds an enrolment token's key tried, and may not. */
public enum TokenMisuse implements Word {
  /** Its time is over. */
  EXPIRED("expired"),

  /** It has let in as many as it may. */
  USED_UP("used-up"),

  /** An operator ended it. */
  REVOKED("revoked"),

  /** For a name that it is not for. */
  OTHER_NAME("other-name"),

  /** For the name of a participant whom it may not replace. */
  NAME_TAKEN("name-taken");

  private final String wire;

  TokenMisuse(String wire) {
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
