package io.carousel.orchestrator.log;

/** A transaction failed, or nobody knows whether it did: this term is over. */
final class LostTransaction extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostTransaction(Throwable cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
