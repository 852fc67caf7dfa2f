package io.carousel.orchestrator.http;

/**
 * How much of something callers may have at a time, by their kind.
 *
 * @param operators all of them together
 * @param participants all of them together
 * @param anonymous all of those together who have shown nothing
 * @param eachParticipant one of them
 * @param eachAddress those together who have shown nothing and come from one address
 */
record Bounds(
    long operators, long participants, long anonymous, long eachParticipant, long eachAddress) {
  long all(CallerKey.Kind kind) {
    return switch (kind) {
      case OPERATOR -> operators;
      case PARTICIPANT -> participants;
      case ANONYMOUS -> anonymous;
    };
  }

  long each(CallerKey.Kind kind) {
    return switch (kind) {
      case OPERATOR -> operators;
      case PARTICIPANT -> eachParticipant;
      case ANONYMOUS -> eachAddress;
    };
  }
}
