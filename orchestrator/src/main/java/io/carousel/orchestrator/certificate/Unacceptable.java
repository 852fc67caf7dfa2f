package io.carousel.orchestrator.certificate;

/** A request that cannot be granted, and why. */
public final class Unacceptable extends Exception {
  private static final long serialVersionUID = 1L;

  Unacceptable(String message) {
    super(message);
  }
}
