package io.carousel.agent.program;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever may connect the metrics, at {@code GET /metrics}; nothing in them is secret. Each
 * connection gets one answer (HTTP/1.1, RFC 9112, {@code Connection: close}) and has a few seconds
 * for it; there are never more than so many. The JDK's own server bounds neither.
 */
final class MetricsPort implements AutoCloseable {
  /** Within which a connection asks and reads its answer. */
  static final Duration USUAL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(MetricsPort.class);
  private static final int WAITING = 64;
  private static final int MOST = 64;
  private static final int LONGEST_HEAD = 8 * 1024;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final ServerSocket server;
  private final Supplier<AgentStatus> status;
  private final Duration time;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService late =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("metrics-late").factory());

  private MetricsPort(ServerSocket server, Supplier<AgentStatus> status, Duration time) {
    this.server = server;
    this.status = status;
    this.time = time;
  }

  /**
   * Listens there.
   *
   * @param time within which a connection asks and reads its answer
   * @throws IOException naming the address, if it cannot
   */
  static MetricsPort open(InetSocketAddress at, Supplier<AgentStatus> status, Duration time)
      throws IOException {
    var server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(at, WAITING);
    } catch (IOException e) {
      server.close();
      throw new IOException(
          "metrics cannot be told at %s:%d: %s; choose another address, or end who has it"
              .formatted(at.getHostString(), at.getPort(), e.getMessage()),
          e);
    }
    var port = new MetricsPort(server, status, time);
    Thread.ofPlatform().daemon().name("metrics").start(port::accept);
    LOG.info("metrics are at http://{}:{}/metrics", at.getHostString(), port.port());
    return port;
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        take(server.accept());
      } catch (IOException e) {
        // No file left, for a moment. It goes on for as long as it is open.
        pause(e);
      }
    }
  }

  private void pause(IOException why) {
    if (server.isClosed()) {
      return;
    }
    LOG.warn("the metrics cannot be asked for at the moment: {}", why.getMessage());
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(Socket socket) throws IOException {
    if (open.size() >= MOST) {
      socket.close();
      return;
    }
    open.add(socket);
    var _ = late.schedule(() -> end(socket), time.toMillis(), TimeUnit.MILLISECONDS);
    Thread.ofVirtual().name("metrics-call").start(() -> answer(socket));
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("a caller was gone", e);
    }
  }

  private void answer(Socket socket) {
    try {
      String line = head(socket.getInputStream());
      byte[] said = answer(line).getBytes(UTF_8);
      socket.getOutputStream().write(said);
      // What was not read of the request would reset the connection, and the answer with it.
      socket.shutdownOutput();
      socket.getInputStream().skip(LONGEST_HEAD);
    } catch (IOException e) {
      LOG.debug("a caller is gone", e);
    } catch (RuntimeException e) {
      LOG.error("the metrics cannot be told", e);
    } finally {
      end(socket);
    }
  }

  /** The first line of a request, once its head has come; empty if that is too long or no head. */
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.length() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("it ended in the middle of its request");
      }
      head.append(new String(new byte[] {(byte) next}, ISO_8859_1));
      if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.substring(0, head.indexOf("\r\n"));
      }
    }
    return "";
  }

  private String answer(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[2].matches("HTTP/1\\.[0-9]")) {
      return said("400 Bad Request", "", "text/plain", "that is no HTTP/1.1 request\n", false);
    }
    boolean head = words[0].equals("HEAD");
    int query = words[1].indexOf('?');
    String path = query < 0 ? words[1] : words[1].substring(0, query);
    if (!path.equals("/metrics")) {
      return said("404 Not Found", "", "text/plain", "there is /metrics\n", head);
    }
    if (!head && !words[0].equals("GET")) {
      return said(
          "405 Method Not Allowed", "Allow: GET, HEAD\r\n", "text/plain", "GET it\n", false);
    }
    return said("200 OK", "", Metrics.CONTENT_TYPE, Metrics.of(status.get()), head);
  }

  private static String said(String code, String more, String type, String text, boolean head) {
    return "HTTP/1.1 %s\r\n%sContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(code, more, type, text.getBytes(UTF_8).length, head ? "" : text);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("while stopping", e);
    }
    late.shutdownNow();
    open.forEach(this::end);
  }
}
