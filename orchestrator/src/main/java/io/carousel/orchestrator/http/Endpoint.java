package io.carousel.orchestrator.http;

/** Answers calls of one method on one path. */
interface Endpoint {
  Answer answer(Call call);

  /**
   * Where an endpoint is found.
   *
   * @param path with parameters in braces
   */
  record Route(String method, String path, Endpoint endpoint) {}
}
