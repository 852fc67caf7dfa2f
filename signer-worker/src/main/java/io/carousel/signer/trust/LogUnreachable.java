package io.carousel.signer.trust;

/** The log cannot be read to its end now. What it says of anybody is unknown, not no. */
public final class LogUnreachable extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public LogUnreachable(String message, Throwable cause) {
    super(message, cause);
  }
}
