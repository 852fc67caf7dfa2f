package io.carousel.events.pem;

/** A text that cannot be read as PEM, or holds other blocks than are wanted; says why. */
public final class UnreadablePem extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnreadablePem(String message) {
    super(message);
  }

  UnreadablePem(String message, Throwable cause) {
    super(message, cause);
  }
}
