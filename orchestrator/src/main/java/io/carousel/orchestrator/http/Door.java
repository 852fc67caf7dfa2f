package io.carousel.orchestrator.http;

import org.eclipse.jetty.server.Request;

/** Tells who asks, or why nobody of that kind gets in. */
interface Door {
  /**
   * Whoever asks.
   *
   * @throws BadCall if the call gets no further
   */
  Peer admit(Request request);
}
