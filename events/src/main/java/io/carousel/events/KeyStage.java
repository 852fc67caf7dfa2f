package io.carousel.events;

/** What has become of a key that is there, as far as its authority is concerned. */
public enum KeyStage implements Word {
  /** Verifiers are told to trust it. */
  TRUSTED("trusted"),
  /** Credentials are signed with it. */
  SIGNING("signing"),
  /** It signs no more credentials, only its CRL. */
  RETIRED("retired"),
  /** It waits for its destruction, or for being trusted once more. */
  HELD("held");

  private final String wire;

  KeyStage(String wire) {
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
