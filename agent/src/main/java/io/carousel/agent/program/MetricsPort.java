package io.carousel.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whoever may connect the metrics, at {@code GET /metrics}; nothing in them is secret. */
final class MetricsPort implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsPort.class);
  private static final int WAITING = 16;

  private final HttpServer server;
  private final ExecutorService calls =
      Executors.newFixedThreadPool(2, Thread.ofVirtual().name("metrics").factory());

  private MetricsPort(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens there.
   *
   * @throws IOException naming the address, if it cannot
   */
  static MetricsPort open(InetSocketAddress at, Supplier<AgentStatus> status) throws IOException {
    HttpServer server;
    try {
      server = HttpServer.create(at, WAITING);
    } catch (IOException e) {
      throw new IOException(
          "metrics cannot be told at %s:%d: %s; choose another address, or end who has it"
              .formatted(at.getHostString(), at.getPort(), e.getMessage()),
          e);
    }
    var port = new MetricsPort(server);
    server.setExecutor(port.calls);
    server.createContext("/", exchange -> answer(exchange, status));
    server.start();
    LOG.info("metrics are at http://{}:{}/metrics", at.getHostString(), port.port());
    return port;
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Supplier<AgentStatus> status)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        send(exchange, 404, "text/plain", "there is /metrics\n");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        send(exchange, 405, "text/plain", "GET it\n");
      } else {
        send(exchange, 200, Metrics.CONTENT_TYPE, Metrics.of(status.get()));
      }
    } catch (RuntimeException e) {
      LOG.error("the metrics cannot be told", e);
      throw e;
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    calls.shutdownNow();
  }
}
