package io.carousel.agent;

/** A bundle or credential that must not be put to work; says what is wrong with it. */
public final class UnfitMaterial extends Exception {
  /** For that reason. */
  public UnfitMaterial(String message) {
    super(message);
  }

  /** For that reason, found by that failure. */
  public UnfitMaterial(String message, Throwable cause) {
    super(message, cause);
  }
}
