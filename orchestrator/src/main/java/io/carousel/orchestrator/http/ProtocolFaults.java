package io.carousel.orchestrator.http;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Problem;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;

/** Answers to what is no proper HTTP, and so never reaches an endpoint. */
final class ProtocolFaults {
  private ProtocolFaults() {}

  static DirectHandlers answers() {
    var handlers = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      handlers.addHandler(event, ProtocolFaults::answer);
    }
    return handlers.build();
  }

  private static DirectHandler.TransportResponse answer(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType event,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    return DirectHandler.TransportResponse.builder()
        .status(status)
        .headers(headers)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .keepAlive(false)
        .entity(Json.PLAIN.write(problem(status)))
        .build();
  }

  private static Problem problem(Status status) {
    if (status.code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
      return new Problem("too-large", Call.TOO_LARGE);
    }
    return status.code() >= 500
        ? new Problem("internal", Faults.INTERNAL)
        : new Problem("bad-request", "this is no HTTP request that can be answered");
  }
}
