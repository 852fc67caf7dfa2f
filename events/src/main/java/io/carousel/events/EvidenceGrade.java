package io.carousel.events;

/** What a gate needs to know of a verifier before it counts as trusting a key. */
public enum EvidenceGrade implements Word {
  /** Its report says so: the key is in its files, and its own check of the reload has passed. */
  REPORTED("reported"),
  /**
   * The strongest that it is known to be able to show: observed, if it was ever tried by a canary,
   * and reported otherwise.
   */
  STRONGEST("strongest"),
  /**
   * Its verifier has accepted a canary by a key of the successor; for X.509, which has canaries.
   */
  OBSERVED("observed");

  private final String wire;

  EvidenceGrade(String wire) {
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
