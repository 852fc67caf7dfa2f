package io.carousel.orchestrator.http;

import io.helidon.webserver.http.RoutingRequest;

/** Tells who asks, or why nobody of that kind gets in. */
interface Door {
  /**
   * Whoever asks.
   *
   * @throws BadCall if the call gets no further
   */
  Peer admit(RoutingRequest request);
}
