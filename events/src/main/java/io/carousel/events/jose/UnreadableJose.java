package io.carousel.events.jose;

/** Text that is not of the form of JOSE that it should be, or says what nobody should believe. */
public final class UnreadableJose extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableJose(String message) {
    super(message);
  }

  UnreadableJose(String message, Throwable cause) {
    super(message, cause);
  }
}
