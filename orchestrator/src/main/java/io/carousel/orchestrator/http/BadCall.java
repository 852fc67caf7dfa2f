package io.carousel.orchestrator.http;

/** A call that makes no sense as it stands. */
final class BadCall extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int status;
  private final String code;

  BadCall(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  Answer answer() {
    return Answer.problem(status, code, getMessage());
  }
}
