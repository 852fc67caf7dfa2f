package io.carousel.events;

/** Where an authority stands in its rotation. */
public enum PhaseName implements Word {
  /** Its first keys are being made; it signs nothing yet. */
  CREATING("creating"),

  /** One generation is trusted and signs. */
  STANDBY("standby"),

  /** The successor's keys are made, then trusted by every verifier; the old generation signs. */
  INIT("init"),

  /** Both are trusted; clients move to the successor. */
  UPDATE_CLIENTS("update-clients"),

  /** Both are trusted; servers move too. */
  UPDATE_SERVERS("update-servers"),

  /** Both are trusted; everybody moves back. */
  ROLLBACK("rollback");

  private final String wire;

  PhaseName(String wire) {
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
