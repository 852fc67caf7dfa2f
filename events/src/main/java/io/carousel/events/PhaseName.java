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
  ROLLBACK("rollback"),

  /** A slot is to sign too: its keys are made, then trusted by every verifier; the others sign. */
  SLOT_JOINING("slot-joining"),

  /** A slot signs no more; whoever presents what it signed moves to what the others sign. */
  SLOT_LEAVING("slot-leaving");

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
