package io.carousel.deploy.demo;

/** The demo could not be played to its end. The message says what did not happen and why. */
public final class DemoFailed extends Exception {
  private static final long serialVersionUID = 1L;

  /** With that message. */
  DemoFailed(String message) {
    super(message);
  }

  /** With that message, because of something. */
  DemoFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
