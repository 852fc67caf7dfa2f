package io.carousel.orchestrator.http;

import io.carousel.orchestrator.documents.Problem;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.Optional;

/**
 * What a caller gets.
 *
 * @param body written as JSON, unless it is JSON already, as bytes, or {@link EventStream}; empty
 *     for none
 */
record Answer(int status, Optional<Object> body, Map<String, String> headers) {
  static Answer ok(Object body) {
    return new Answer(200, Optional.of(body), Map.of());
  }

  static Answer nothing() {
    return new Answer(204, Optional.empty(), Map.of());
  }

  static Answer problem(int status, String code, String message) {
    return new Answer(status, Optional.of(new Problem(code, message)), Map.of());
  }

  /** A body that is written for as long as there is something to say; it is sent once. */
  @FunctionalInterface
  interface EventStream {
    void to(ServerResponse response);
  }

  Answer with(String header, String value) {
    return new Answer(status, body, Map.of(header, value));
  }
}
