package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.rules.Story;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * What comes over a socket, and what is answered: RFC 9110 and RFC 9112, over plain TCP and TLS. A
 * row says how the status is, and whether the connection goes on after it. Nothing of it may leave
 * a trace in the log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(30)
class ConformanceTest {
  private static final boolean GOES_ON = true;
  private static final boolean ENDS = false;
  private static final String HOST = "Host: localhost\r\n";
  private static final String GET = "GET /healthz HTTP/1.1\r\n" + HOST;
  private static final String POST = "POST /v1/enrolments HTTP/1.1\r\n" + HOST;
  private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

  private final FakeDesk desk = FakeDesk.withSlots("hsm-a");
  private final String asking =
      new String(
          Json.PLAIN.write(
              Story.asks(FakeDesk.HOUSE, EnrolmentToken.create(), "web-1", "web-1", desk.now())),
          UTF_8);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private ApiServer api;
  private Listener listener;

  /**
   * One row.
   *
   * @param statuses any of which is right
   */
  record Row(String name, String sent, boolean goesOn, List<Integer> statuses, String allow) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Row row(String name, String sent, boolean goesOn, Integer... statuses) {
    return new Row(name, sent, goesOn, List.of(statuses), "");
  }

  private static Row get(String name, String headers, boolean goesOn, Integer... statuses) {
    return row(name, GET + headers + "\r\n", goesOn, statuses);
  }

  private static Row line(String line, boolean goesOn, Integer... statuses) {
    return row(
        line.length() > 60 ? line.substring(0, 60) : line,
        line + "\r\n" + HOST + "\r\n",
        goesOn,
        statuses);
  }

  private static Row wrongMethod(String method, String allow) {
    return new Row(
        method + " /healthz",
        "%s /healthz HTTP/1.1\r\n%sContent-Length: 0\r\n\r\n".formatted(method, HOST),
        GOES_ON,
        List.of(405),
        allow);
  }

  private static String chunk(String text) {
    return "%x\r\n%s\r\n".formatted(text.length(), text);
  }

  static Stream<Row> requests() {
    return Stream.of(
        get("a simple call", "", GOES_ON, 200),
        row("HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n", ENDS, 200),
        row(
            "HTTP/1.0, kept",
            "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            GOES_ON,
            200),
        row(
            "HTTP/1.0, kept and closed",
            "GET /healthz HTTP/1.0\r\nConnection: close\r\n\r\n",
            ENDS,
            200),
        get("close", "Connection: close\r\n", ENDS, 200),
        get("Close", "connection: Close\r\n", ENDS, 200),
        get("close in a list", "Connection: TE, close\r\n", ENDS, 200),
        get("close in a second line", "Connection: TE\r\nConnection: close\r\n", ENDS, 200),
        get(
            "an upgrade that is not known",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            GOES_ON,
            200),
        get("a range", "Range: bytes=0-1\r\n", GOES_ON, 200),
        get("garbage to be accepted", "Accept: garbage;;\r\n", GOES_ON, 200),
        get(
            "more garbage",
            "Accept: */*;q=abc, ;;, /, text\r\nAccept-Encoding: ;;q\r\n",
            GOES_ON,
            200),
        get("a body that nobody reads", "Content-Length: 4\r\n\r\nabcd", GOES_ON, 200),
        line("GET http://localhost/healthz HTTP/1.1", GOES_ON, 200),
        line("GET /healthz?a=%zz HTTP/1.1", GOES_ON, 200, 400),
        line("GET /healthz/ HTTP/1.1", GOES_ON, 401, 404),
        line("GET /pub/user/bundle.pem?wait=%ff HTTP/1.1", GOES_ON, 400),
        line("GET /pub/user/bundle.pem?wait=1&wait=x HTTP/1.1", GOES_ON, 400, 404),
        line("HEAD /healthz HTTP/1.1", GOES_ON, 200),
        line("HEAD /pub/nobody/bundle.pem HTTP/1.1", GOES_ON, 404),
        // A server may read these so (RFC 9112, section 3).
        line("GET  /healthz HTTP/1.1", GOES_ON, 200),
        line("GET /healthz http/1.1", GOES_ON, 200),
        line("FOO /healthz HTTP/1.1", GOES_ON, 501),
        line("get /healthz HTTP/1.1", GOES_ON, 501),
        new Row("as haproxy asks", "OPTIONS / HTTP/1.0\r\n\r\n", ENDS, List.of(200), "OPTIONS"),
        line("GET / HTTP/1.1", GOES_ON, 401),
        wrongMethod("PUT", "GET, HEAD"),
        wrongMethod("PATCH", "GET, HEAD"),
        wrongMethod("POST", "GET, HEAD"),
        wrongMethod("DELETE", "GET, HEAD"),
        wrongMethod("OPTIONS", "GET, HEAD"),
        wrongMethod("TRACE", "GET, HEAD"),
        row("a call before the first is answered", GET + "\r\n" + GET + "\r\n", GOES_ON, 200));
  }

  static Stream<Row> refused() {
    return Stream.of(
        row("no host", "GET /healthz HTTP/1.1\r\n\r\n", ENDS, 400),
        get("two hosts", "Host: other\r\n", ENDS, 400),
        row("a host that is none", "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", ENDS, 400),
        get("an expectation that is not known", "Expect: much\r\n", ENDS, 417),
        get("a folded line", "X-A: b\r\n c\r\n", ENDS, 400),
        get("a tab before a name", "\tX-A: b\r\n", ENDS, 400),
        get("a space before a colon", "X-A : b\r\n", ENDS, 400),
        get("no colon", "X-A\r\n", ENDS, 400),
        get("no name", ": b\r\n", ENDS, 400),
        get("a name that is no token", "X(A): b\r\n", ENDS, 400),
        get("NUL in a value", "X-A: b\u0000c\r\n", ENDS, 400),
        get("CR in a value", "X-A: b\rc\r\n", ENDS, 400),
        row("lines that end with LF", "GET /healthz HTTP/1.1\nHost: localhost\n\n", ENDS, 400),
        row("one line that ends with LF", GET + "X-A: b\n\r\n", ENDS, 400),
        row("a head that ends with LF", GET + "\n", ENDS, 400),
        row(
            "spaces before the first line",
            " GET /healthz HTTP/1.1\r\n" + HOST + "\r\n",
            ENDS,
            400),
        line("GET\t/healthz\tHTTP/1.1", ENDS, 400),
        line("GET /health z HTTP/1.1", ENDS, 400, 505),
        line("GET /healthz", ENDS, 400, 505),
        line("GET /healthz HTTP/2.0", ENDS, 400, 426, 505),
        line("GET /healthz HTTP/11", ENDS, 400, 505),
        line("GET /healthz HTTP/1.1.1", ENDS, 400, 505),
        line("PRI * HTTP/2.0", ENDS, 400, 426, 505),
        line("GET healthz HTTP/1.1", ENDS, 400),
        line("GET * HTTP/1.1", ENDS, 400, 404),
        line("GET /healthz%zz HTTP/1.1", ENDS, 400),
        line("GET /%c3%28 HTTP/1.1", ENDS, 400),
        line("GET /pub/%2e%2e/v1/state HTTP/1.1", ENDS, 400),
        line("GET /pub%2f..%2fv1/state HTTP/1.1", ENDS, 400),
        line("GET /pub/..;/v1/state HTTP/1.1", ENDS, 400),
        line("GET //healthz HTTP/1.1", ENDS, 400),
        line("GET /healthz#a HTTP/1.1", ENDS, 400),
        line("GET /" + "a".repeat(20_000) + " HTTP/1.1", ENDS, 414),
        get("a long field", "X-A: " + "a".repeat(20_000) + "\r\n", ENDS, 431),
        get("many fields", "X-A: b\r\n".repeat(4_000), ENDS, 431),
        row(
            "CONNECT",
            "CONNECT localhost:22 HTTP/1.1\r\n" + HOST + "\r\n",
            ENDS,
            400,
            401,
            404,
            405),
        row("no HTTP at all", "hello\r\n\r\n", ENDS, 400, 505),
        row("SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n", ENDS, 400, 505),
        row("TLS within", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n", ENDS, 400));
  }

  /** What one who stands between might read in another way (RFC 9112, sections 6 and 11.2). */
  static Stream<Row> smuggled() {
    String rest = "\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n" + HOST + "\r\n";
    return Stream.concat(
        Stream.of(
                "5\r\nContent-Length: 5",
                "5\r\nContent-Length: 6",
                "5, 5",
                "5,6",
                "+5",
                "-1",
                "0x5",
                "5 5",
                "5;",
                "",
                "5\u000b",
                "99999999999999999999",
                "1e1")
            .map(length ->
                row(
                    "Content-Length: " + length,
                    POST + "Content-Length: " + length + "\r\n" + rest,
                    ENDS,
                    400)),
        Stream.of(
                "chunked\r\nContent-Length: 5",
                "xchunked",
                "chunked, gzip",
                "gzip, chunked",
                "identity",
                "chunked, identity",
                "chunked, chunked",
                "\u000bchunked",
                "\"chunked\"",
                "chunked;a=b",
                "")
            .map(coding ->
                row(
                    "Transfer-Encoding: " + coding,
                    POST + "Transfer-Encoding: " + coding + "\r\n" + rest,
                    ENDS,
                    400,
                    501)));
  }

  static Stream<Row> badChunks() {
    return Stream.of(
            "zz\r\n{}\r\n0\r\n\r\n",
            "-2\r\n{}\r\n0\r\n\r\n",
            "0x2\r\n{}\r\n0\r\n\r\n",
            "\r\n{}\r\n0\r\n\r\n",
            " 2\r\n{}\r\n0\r\n\r\n",
            "2{}\r\n0\r\n\r\n",
            "2\r\n{}0\r\n\r\n",
            "2\r\n{}x\r\n0\r\n\r\n",
            "2\r\n{}\n0\r\n\r\n",
            "2\n{}\r\n0\r\n\r\n",
            "2\r{}\r\n0\r\n\r\n",
            "2\r\n{} \r\n0\r\n\r\n",
            "2\r\n{}\r\n0\n\r\n",
            "fffffffffffffffff\r\n{}\r\n0\r\n\r\n")
        .map(chunks ->
            row(chunks.replace("\r", "<CR>").replace("\n", "<LF>"), CHUNKED + chunks, ENDS, 400));
  }

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    Limits usual = Limits.ofListener();
    api = new ApiServer(desk, 0, folder.resolve("api.secret"), _ -> {}, usual).start();
    listener = ListenerFixture.listening(desk, usual);
  }

  @AfterAll
  void close() {
    api.close();
    listener.close();
  }

  @BeforeEach
  void listen() {
    logged.list.clear();
    logged.start();
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(logged);
  }

  @AfterEach
  void nothingWasLogged() {
    ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(logged);
    assertThat(
            List.copyOf(logged.list).stream()
                .filter(e -> e.getLevel().isGreaterOrEqual(Level.INFO)))
        .isEmpty();
  }

  private List<Wire> wires() throws Exception {
    return List.of(Wire.plain(api.port()), Wire.tls(listener.port().orElseThrow()));
  }

  private void assertRow(Row row) throws Exception {
    for (Wire wire : wires()) {
      try (wire) {
        String method = row.sent().startsWith("HEAD") ? "HEAD" : "GET";
        Wire.Got got = wire.send(row.sent()).answer(method).orElseThrow();
        assertThat(got.status()).as("%s: %s", row.name(), got.body()).isIn(row.statuses());
        assertThat(got.version()).isEqualTo("HTTP/1.1");
        assertThat(got.body()).doesNotContain("etty", "Exception", "\tat ");
        assertThat(got.header("Allow")).isEqualTo(row.allow());
        if (row.goesOn()) {
          Optional<Wire.Got> next = wire.send(GET + "\r\n").answer("GET");
          assertThat(next).map(Wire.Got::status).contains(200);
        } else {
          assertThat(wire.hasEnded()).as("the connection ends").isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void proper(Row row) throws Exception {
    assertRow(row);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void improperIsRefusedAndEndsTheConnection(Row row) throws Exception {
    assertRow(row);
  }

  @ParameterizedTest
  @MethodSource("smuggled")
  void ambiguousLengthsAreRefused(Row row) throws Exception {
    assertRow(row);
  }

  @ParameterizedTest
  @MethodSource("badChunks")
  void malformedChunksAreRefused(Row row) throws Exception {
    assertRow(row);
  }

  private List<String> bodies() {
    String one = asking.substring(0, 7);
    String two = asking.substring(7);
    String whole = "%x".formatted(asking.length());
    return List.of(
        chunk(asking) + "0\r\n\r\n",
        chunk(one) + chunk(two) + "0\r\n\r\n",
        "%s;name=value;other=\"quo;ted\"\r\n%s\r\n0;last\r\n\r\n".formatted(whole, asking),
        "%s;a\r\n%s\r\n0\r\n\r\n".formatted(whole, asking),
        "000%s\r\n%s\r\n000\r\n\r\n".formatted(whole.toUpperCase(Locale.ROOT), asking),
        chunk(asking) + "0\r\nX-Trailer: a\r\n\r\n");
  }

  /** Read to its last byte: the token is not known, and the connection goes on. */
  @Test
  void chunksAreReadInEveryProperForm() throws Exception {
    var all = new ArrayList<String>();
    bodies().forEach(body -> all.add(CHUNKED + body));
    all.add(POST + "Content-Length: %d\r\n\r\n%s".formatted(asking.length(), asking));
    for (String sent : all) {
      for (Wire wire : wires()) {
        try (wire) {
          Wire.Got got = wire.send(sent).answer("POST").orElseThrow();
          assertThat(got.status()).as(got.body()).isEqualTo(403);
          assertThat(got.body()).contains("unknown-token");
          assertThat(wire.send(GET + "\r\n").answer("GET").orElseThrow().status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void whoeverAsksFirstIsToldToGoOn() throws Exception {
    for (Wire wire : wires()) {
      try (wire) {
        wire.send(
            POST + "Expect: 100-continue\r\nContent-Length: %d\r\n\r\n".formatted(asking.length()));
        assertThat(wire.answer("POST").orElseThrow().status()).isEqualTo(100);
        assertThat(wire.send(asking).answer("POST").orElseThrow().status()).isEqualTo(403);
      }
    }
  }

  @Test
  void headSaysWhatGetWouldSay() throws Exception {
    for (Wire wire : wires()) {
      try (wire) {
        for (String path : List.of("/healthz", "/v1/openapi.yaml", "/v1/house", "/nowhere")) {
          Wire.Got head =
              wire.send("HEAD %s HTTP/1.1\r\n%s\r\n".formatted(path, HOST))
                  .answer("HEAD")
                  .orElseThrow();
          Wire.Got got =
              wire.send("GET %s HTTP/1.1\r\n%s\r\n".formatted(path, HOST))
                  .answer("GET")
                  .orElseThrow();
          assertThat(head.status()).as(path).isEqualTo(got.status());
          assertThat(head.header("Content-Length"))
              .isEqualTo(Integer.toString(got.body().length()));
          assertThat(head.header("Content-Type")).isEqualTo(got.header("Content-Type"));
        }
      }
    }
  }

  @Test
  void whatIsNoTlsEndsTheConnection() throws Exception {
    for (String sent : List.of(GET + "\r\n", "hello\r\n", "\u0016\u0003\u0001\u0000\u0005hello")) {
      try (Wire wire = Wire.plain(listener.port().orElseThrow())) {
        wire.send(sent);
        wire.readToItsEnd();
      }
    }
    try (Wire wire = Wire.tls(listener.port().orElseThrow())) {
      assertThat(wire.send(GET + "\r\n").answer("GET").orElseThrow().status()).isEqualTo(200);
    }
  }
}
