package io.carousel.orchestrator.http;

import io.carousel.orchestrator.documents.Problem;
import java.io.IOException;
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
    void to(Events events) throws IOException;
  }

  /** Where events go (WHATWG HTML, section 9.2). */
  interface Events {
    /**
     * Says that there is nothing to say.
     *
     * @throws IOException if the caller is gone
     */
    void quiet() throws IOException;

    /**
     * Tells one.
     *
     * @param line its data, without a line feed
     * @throws IOException if the caller is gone
     */
    void event(long id, String name, byte[] line) throws IOException;
  }

  Answer with(String header, String value) {
    return new Answer(status, body, Map.of(header, value));
  }
}
