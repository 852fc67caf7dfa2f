package io.carousel.orchestrator.http;

/** A call that makes no sense as it stands. */
final class BadCall extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Answer answer;

  BadCall(int status, String code, String message) {
    this(Answer.problem(status, code, message), message);
  }

  BadCall(Answer answer, String message) {
    super(message);
    this.answer = answer;
  }

  Answer answer() {
    return answer;
  }
}
