package io.carousel.e2e.threats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.openssh.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Anybody who can connect to the API or to the listener: reads what is public, and takes no memory,
 * no connection and no place of those who are known.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class StrangerTest {
  /** By the limits that a node has: 20 s for a first request, and as much between two bytes. */
  private static final int PATIENCE = 40_000;

  private static final int MANY = 300;
  private static final int TOO_MANY_POLLS = 300;
  private static final String HOST = "Host: localhost\r\n";

  private final Queue<Socket> held = new ConcurrentLinkedQueue<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http = HttpClient.newHttpClient();
  private Node node;
  private Cli cli;
  private String secret;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    node = Node.listening(folder, "--slot", "only");
    cli = node.cli();
    secret = Files.readString(node.secret()).strip();
    cli.done("authority", "create", "web", "--wait");
  }

  @AfterAll
  void stop() throws Exception {
    callers.shutdownNow();
    http.shutdownNow();
    if (node != null) {
      node.close();
    }
  }

  @AfterEach
  void letGo() throws IOException {
    for (Socket socket : held) {
      socket.close();
    }
    held.clear();
  }

  private Socket plain(URI where) throws IOException {
    var socket = new Socket();
    held.add(socket);
    socket.connect(new InetSocketAddress(where.getHost(), where.getPort()));
    socket.setSoTimeout(PATIENCE);
    return socket;
  }

  private Socket tls() throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    URI where = node.listener();
    var socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(plain(where), where.getHost(), where.getPort(), true);
    socket.startHandshake();
    return socket;
  }

  private static Socket send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return socket;
  }

  /** What comes until the other side ends it. */
  private static String all(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketException e) {
      return "";
    }
  }

  private static String first(Socket socket) throws IOException {
    byte[] some = new byte[1024];
    int n = socket.getInputStream().read(some);
    return new String(some, 0, Math.max(0, n), ISO_8859_1);
  }

  private void assertServes() throws Exception {
    assertThat(operator("/v1/slots").statusCode()).isEqualTo(200);
    assertThat(first(send(tls(), "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n")))
        .startsWith("HTTP/1.1 200")
        .contains("\"status\":\"ok\"");
  }

  private HttpResponse<String> operator(String path) throws Exception {
    return get(path, "Authorization", "Bearer " + secret);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(node.api().resolve(path)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString(UTF_8));
  }

  /** Every stage at once: whoever is late at any of them is cut off, and nobody waits for it. */
  @Test
  void whoeverIsSlowIsCutOff() throws Exception {
    List<Callable<String>> slow =
        List.of(
            () -> all(plain(node.api())),
            () -> all(plain(node.listener())),
            () -> all(send(plain(node.listener()), "\u0016\u0003\u0001\u0002\u0000\u0001")),
            () -> all(tls()),
            () -> all(send(plain(node.api()), "GET /healthz HTTP/1.1\r\nHost:")),
            () -> all(send(tls(), "GET /healthz HTTP/1.1\r\nHost:")),
            () ->
                all(
                    send(
                        tls(),
                        "POST /v1/enrolments HTTP/1.1\r\n" + HOST + "Content-Length: 9\r\n\r\n{")),
            () ->
                all(
                    send(
                        tls(),
                        "POST /v1/enrolments HTTP/1.1\r\n"
                            + HOST
                            + "Transfer-Encoding: chunked\r\n\r\n5\r\n{")));
    for (Future<String> ended : callers.invokeAll(slow)) {
      assertThat(ended.get()).doesNotContain("HTTP/1.1 200", "HTTP/1.1 500");
    }
    assertServes();
  }

  @Test
  void halfRequestsKeepNobodyOut() throws Exception {
    for (int i = 0; i < MANY; i++) {
      send(tls(), "GET /healthz HTTP/1.1\r\nHost:");
      send(plain(node.api()), "GET /healthz HTTP/1.1\r\nHost:");
    }
    assertServes();
    cli.done("authority", "list");
    cli.done("authority", "create", "during", "--wait");
  }

  @Test
  void waitingTakesNoPlaceOfThoseWhoAreKnown() throws Exception {
    String tag = get("/pub/web/bundle.pem").headers().firstValue("ETag").orElseThrow();
    String wait =
        "GET /pub/web/bundle.pem?wait=30 HTTP/1.1\r\n%sIf-None-Match: W/%s\r\n\r\n"
            .formatted(HOST, tag);
    for (int i = 0; i < TOO_MANY_POLLS; i++) {
      send(plain(node.api()), wait);
    }
    await()
        .untilAsserted(() ->
            assertThat(first(send(plain(node.api()), wait.replace("wait=30", "wait=1"))))
                .startsWith("HTTP/1.1 429")
                .contains("Retry-After: 5"));
    long now = Long.MAX_VALUE;
    assertThat(operator("/v1/authorities/web/bundle?wait=1&after=" + now).statusCode())
        .isEqualTo(204);
  }

  @Test
  void bodiesThatAreNoRequestsKeepNoHostOut() throws Exception {
    Socket socket = plain(node.api());
    for (int i = 0; i < 2 * MANY; i++) {
      send(socket, "POST /v1/enrolments HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\n{}");
      assertThat(first(socket)).startsWith("HTTP/1.1 400");
    }
    assertServes();
  }

  @Test
  void whatIsReadInTwoWaysIsRefused() throws Exception {
    for (String ambiguous :
        List.of(
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/state HTTP/1.1\r\n\r\n",
            "Content-Length: 0\r\nContent-Length: 5\r\n\r\n12345",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n")) {
      String answers = all(send(tls(), "POST /v1/enrolments HTTP/1.1\r\n" + HOST + ambiguous));
      assertThat(answers).as(ambiguous).startsWith("HTTP/1.1 400");
      assertThat(answers.split("HTTP/1.1 ", -1)).as(ambiguous).hasSize(2);
    }
    assertServes();
  }

  /** What is public, as the tools that speak no HTTP/1.1 read it. */
  @Test
  void whatIsPublicIsReadByEverybody() throws Exception {
    Tool.need("curl");
    for (String path : List.of("/healthz", "/pub/web/bundle.pem", "/pub/web/crls/1/only")) {
      String where = node.api().resolve(path).toString();
      assertThat(Tool.run(List.of("curl", "-s", "-f", "-0", "-o", "/dev/null", where)).status())
          .as(path)
          .isZero();
      assertThat(Tool.run(List.of("curl", "-s", "-f", "-I", "-o", "/dev/null", where)).status())
          .as(path)
          .isZero();
    }
  }

  @Test
  void nothingElseIsRead() throws Exception {
    for (String path :
        List.of(
            "/v1/state",
            "/v1/participants",
            "/pub/../v1/state",
            "/pub/%2e%2e/v1/state",
            "/v1/authorities/web/bundles")) {
      String request = "GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n".formatted(path, HOST);
      assertThat(all(send(tls(), request))).as(path).doesNotStartWith("HTTP/1.1 2");
      assertThat(all(send(plain(node.api()), request))).as(path).doesNotStartWith("HTTP/1.1 2");
    }
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
