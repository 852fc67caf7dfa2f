package io.carousel.orchestrator.http;

import io.carousel.orchestrator.desk.Declined;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What goes wrong, as answers. Nothing of the inside gets out but what was meant for people. */
final class Faults {
  static final String INTERNAL = "something went wrong in the orchestrator; its own log says what";

  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
  private static final Duration SOON = Duration.ofSeconds(1);

  private Faults() {}

  /** The answer, or the answer to what went wrong. */
  static Answer caught(Supplier<Answer> answer) {
    try {
      return answer.get();
    } catch (BadCall e) {
      return e.answer();
    } catch (Declined e) {
      return declined(e);
    } catch (RuntimeException e) {
      return Call.unreadable(e).orElseGet(() -> broken(e));
    }
  }

  private static Answer declined(Declined e) {
    int status =
        switch (e.kind()) {
          case INVALID -> 400;
          case FORBIDDEN -> 403;
          case NOT_FOUND -> 404;
          case CONFLICT -> 409;
          case UNAVAILABLE -> 503;
        };
    Answer answer = Answer.problem(status, e.code(), e.getMessage());
    Optional<Duration> again =
        e.kind() == Declined.Kind.UNAVAILABLE
            ? e.retryAfter().or(() -> Optional.of(SOON))
            : e.retryAfter();
    return again.map(d -> answer.with("Retry-After", seconds(d))).orElse(answer);
  }

  static Answer stopping() {
    return Answer.problem(
            503,
            "stopping",
            "this orchestrator is stopping; ask another, or again in a few seconds")
        .with("Retry-After", seconds(SOON));
  }

  private static Answer broken(RuntimeException e) {
    LOG.error("a call failed in a way that should not be", e);
    return Answer.problem(500, "internal", INTERNAL);
  }

  /** Whole seconds (RFC 9110, section 10.2.3), at least one. */
  private static String seconds(Duration d) {
    return Long.toString(Math.max(1, d.plusMillis(999).toSeconds()));
  }
}
