package io.carousel.orchestrator.log;

/** An event written since forbids what was proposed. */
public final class Conflict extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Conflict(long sequence) {
    super("event %d was written since and forbids this".formatted(sequence));
  }
}
