package io.carousel.signer;

/** This worker's answers would count for nothing, so it signs nothing. */
final class NotEnrolled extends Exception {
  private static final long serialVersionUID = 1L;

  NotEnrolled(String message) {
    super(message);
  }
}
