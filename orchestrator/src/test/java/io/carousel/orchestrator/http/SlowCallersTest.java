package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is late at any stage of a call is cut off, and whoever waits for news is not. */
@Timeout(30)
class SlowCallersTest {
  private static final String HOST = "Host: localhost\r\n";
  private static final String GET = "GET /healthz HTTP/1.1\r\n" + HOST;
  private static final String POST =
      "POST /v1/enrolments HTTP/1.1\r\n" + HOST + "Content-Length: 100\r\n\r\n";
  private static final Duration DRIP = Duration.ofMillis(50);
  private static final Limits.Times SHORT =
      new Limits.Times(
          Duration.ofMillis(500),
          Duration.ofMillis(700),
          Duration.ofMillis(300),
          Duration.ofMillis(800),
          Duration.ofMillis(800));

  private final FakeDesk desk = FakeDesk.withSlots("hsm-a", "hsm-b");
  private Path secret;
  private ApiServer api;
  private Listener listener;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    secret = folder.resolve("api.secret");
    Limits limits = Limits.ofListener().with(SHORT);
    api = new ApiServer(desk, 0, secret, _ -> {}, limits).start();
    listener = ListenerFixture.listening(desk, limits);
  }

  @AfterEach
  void close() {
    api.close();
    listener.close();
  }

  private int tlsPort() {
    return listener.port().orElseThrow();
  }

  private interface Opened {
    Wire open() throws Exception;
  }

  private List<Opened> wires() {
    return List.of(() -> Wire.plain(api.port()), () -> Wire.tls(tlsPort()));
  }

  private static void assertEnds(Wire wire) throws IOException {
    wire.readToItsEnd();
  }

  @Test
  void aConnectionThatSaysNothingEnds() throws Exception {
    for (int port : List.of(api.port(), tlsPort())) {
      try (Wire wire = Wire.plain(port)) {
        assertEnds(wire);
      }
    }
  }

  @Test
  void halfAClientHelloEnds() throws Exception {
    for (String begun :
        List.of("\u0016", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")) {
      try (Wire wire = Wire.plain(tlsPort())) {
        assertEnds(wire.send(begun));
      }
    }
  }

  @Test
  void aHandshakeWithoutARequestEnds() throws Exception {
    try (Wire wire = Wire.tls(tlsPort())) {
      assertEnds(wire);
    }
  }

  @Test
  void halfAHeadEnds() throws Exception {
    for (Opened each : wires()) {
      try (Wire wire = each.open()) {
        assertEnds(wire.send(GET + "X-A: "));
      }
    }
  }

  /** Each byte is in time, and the head is not. */
  @Test
  void aHeadThatDripsEnds() throws Exception {
    for (Opened each : wires()) {
      try (Wire wire = each.open()) {
        assertThat(wire.drip(GET + "X-A: " + "a".repeat(1_000), DRIP)).isLessThan(100);
      }
    }
  }

  @Test
  void aConnectionThatIsKeptForNothingEnds() throws Exception {
    for (Opened each : wires()) {
      try (Wire wire = each.open()) {
        assertThat(wire.send(GET + "\r\n").answer("GET").orElseThrow().status()).isEqualTo(200);
        assertEnds(wire);
      }
    }
  }

  @Test
  void halfABodyIsToldThatItIsLate() throws Exception {
    for (Opened each : wires()) {
      try (Wire wire = each.open()) {
        Wire.Got got = wire.send(POST + "{").answer("POST").orElseThrow();
        assertThat(got.status()).isEqualTo(408);
        assertThat(got.body()).contains("too-slow");
        assertEnds(wire);
      }
    }
  }

  @Test
  void aBodyThatDripsIsToldThatItIsLate() throws Exception {
    for (Opened each : wires()) {
      try (Wire wire = each.open()) {
        wire.send(POST);
        assertThat(wire.drip(" ".repeat(100), DRIP)).isLessThan(100);
        assertThat(wire.answer("POST")).map(Wire.Got::status).contains(408);
      }
    }
  }

  /** It asks again and again, and reads nothing of what it is told. */
  @Test
  void whoeverReadsNoAnswerIsCutOff() throws Exception {
    try (Wire wire = Wire.narrow(api.port())) {
      assertThat(wire.asksUntilEnded("GET /v1/openapi.yaml HTTP/1.1\r\n" + HOST + "\r\n")).isTrue();
    }
  }

  /** It takes some bytes of what it is told now and then, and never so many as it has to. */
  @Test
  void whoeverReadsAnswersByTheByteIsCutOff() throws Exception {
    for (Opened each : List.<Opened>of(() -> Wire.narrow(api.port()), () -> Wire.tls(tlsPort()))) {
      try (Wire wire = each.open();
          var reader = Executors.newSingleThreadScheduledExecutor()) {
        var reading =
            reader.scheduleWithFixedDelay(
                wire::readOne, DRIP.toMillis(), DRIP.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(wire.asksUntilEnded("GET /v1/openapi.yaml HTTP/1.1\r\n" + HOST + "\r\n"))
            .isTrue();
        reading.cancel(true);
      }
    }
  }

  @Test
  void whoeverWaitsForNewsIsNotCutOff() throws Exception {
    try (Caller operator = new Caller(api.port())) {
      operator.with("Authorization", "Bearer " + Files.readString(secret).strip());
      assertThat(operator.postText("/v1/authorities", ApiTest.CREATE_USER).status()).isEqualTo(200);
    }
    desk.keysCome("user");
    String tag = tag("/pub/user/bundle.pem");
    for (Opened each : wires()) {
      try (Wire wire = each.open()) {
        wire.send(
            "GET /pub/user/bundle.pem?wait=2 HTTP/1.1\r\n%sIf-None-Match: %s\r\n\r\n"
                .formatted(HOST, tag));
        Optional<Wire.Got> got = wire.answer("GET");
        assertThat(got).map(Wire.Got::status).contains(304);
      }
    }
  }

  private String tag(String path) throws IOException {
    try (Wire wire = Wire.plain(api.port())) {
      return wire.send("GET %s HTTP/1.1\r\n%s\r\n".formatted(path, HOST))
          .answer("GET")
          .orElseThrow()
          .header("ETag");
    }
  }
}
