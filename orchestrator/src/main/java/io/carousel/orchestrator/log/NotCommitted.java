package io.carousel.orchestrator.log;

/** The transaction did not come about, and nothing of it was written. */
public final class NotCommitted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotCommitted() {
    super("the transaction was aborted and nothing of it was written; try again");
  }
}
