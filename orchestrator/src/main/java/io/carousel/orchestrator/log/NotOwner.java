package io.carousel.orchestrator.log;

/** Only the owner writes, and this instance is not it, or ceased to be while it wrote. */
public final class NotOwner extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotOwner(String message) {
    super(message);
  }
}
