package io.carousel.agent.service;

/** A service that did not take up a set; says why. */
public final class ServiceFailure extends Exception {
  /** For that reason. */
  public ServiceFailure(String message) {
    super(message);
  }

  /** For that reason, found by that failure. */
  public ServiceFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
