package io.carousel.events.openssh;

/** What is not of the format of OpenSSH that it should be, or says what nobody should believe. */
public final class UnreadableSsh extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableSsh(String message) {
    super(message);
  }

  UnreadableSsh(String message, Throwable cause) {
    super(message, cause);
  }
}
