package io.carousel.orchestrator.http;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Problem;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers to what is no proper HTTP, and so never reaches an endpoint. */
final class ProtocolFaults implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    byte[] body = Json.PLAIN.write(problem(response.getStatus()));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
    return true;
  }

  private static Problem problem(int status) {
    return switch (status) {
      case 413 -> new Problem("too-large", Call.TOO_LARGE);
      case 414 -> new Problem("uri-too-long", "the address is too long");
      case 431 -> new Problem("headers-too-large", "the header fields are too long together");
      case 408 -> new Problem("too-slow", "the request did not come in its time");
      case 417 -> new Problem("unknown-expectation", "nothing but 100-continue can be expected");
      case 505 -> new Problem("unknown-version", "HTTP/1.1 and HTTP/1.0 are spoken here");
      default ->
          status >= 500
              ? new Problem("internal", Faults.INTERNAL)
              : new Problem("bad-request", "this is no HTTP request that can be answered");
    };
  }
}
