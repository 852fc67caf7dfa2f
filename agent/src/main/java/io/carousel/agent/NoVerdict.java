package io.carousel.agent;

/** A verifier could not be tried, so that nobody knows what it makes of a canary; says why. */
public final class NoVerdict extends Exception {
  /** For that reason, found by that failure. */
  public NoVerdict(String message, Throwable cause) {
    super(message, cause);
  }

  /** For that reason. */
  public NoVerdict(String message) {
    super(message);
  }
}
