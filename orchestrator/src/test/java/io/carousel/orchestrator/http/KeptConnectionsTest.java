package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that keeps its connection may send the next request over it: the server ends none that
 * it has not announced to end, but for those that are late (RFC 9112, section 9.6).
 */
@Timeout(30)
class KeptConnectionsTest {
  private static final String HOST = "Host: localhost\r\n";
  private static final String GET = "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n";
  private static final int FEW = 20;
  private static final Limits.Times TIMES =
      new Limits.Times(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5));

  /** The JDK's client keeps connections so long (jdk.httpclient.keepalive.timeout). */
  private static final Duration KEPT_BY_JDK = Duration.ofSeconds(30);

  /** nginx keeps them so long (keepalive_timeout of an upstream). */
  private static final Duration KEPT_BY_NGINX = Duration.ofSeconds(60);

  private final FakeDesk desk = FakeDesk.withSlots("hsm-a", "hsm-b");
  private final List<Wire> wires = new ArrayList<>();
  private Path secret;
  private ApiServer api;
  private Listener listener;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    secret = folder.resolve("api.secret");
    Bounds usual = Limits.ofListener().connections();
    open(Limits.ofListener().with(TIMES), usual);
  }

  private void open(Limits limits, Bounds connections) throws Exception {
    Limits all =
        new Limits(
            limits.times(),
            connections,
            limits.requests(),
            limits.polls(),
            limits.streams(),
            limits.bodies());
    api = new ApiServer(desk, 0, secret, _ -> {}, all).start();
    listener = ListenerFixture.listening(desk, all);
  }

  @AfterEach
  void close() throws IOException {
    for (Wire wire : wires) {
      wire.close();
    }
    api.close();
    listener.close();
  }

  private Wire plain() throws IOException {
    Wire wire = Wire.plain(api.port());
    wires.add(wire);
    return wire;
  }

  private Wire tls() throws Exception {
    Wire wire = Wire.tls(listener.port().orElseThrow());
    wires.add(wire);
    return wire;
  }

  private String shown() throws IOException {
    return "Authorization: Bearer %s\r\n".formatted(Files.readString(secret).strip());
  }

  private static void assertGoesOn(Wire wire) throws IOException {
    assertThat(wire.send(GET).answer("GET")).map(Wire.Got::status).contains(200);
  }

  private static boolean isLast(Wire.Got got) {
    return got.header("Connection").equalsIgnoreCase("close");
  }

  @Test
  void clientsEndConnectionsBeforeTheServerDoes() {
    assertThat(Limits.Times.USUAL.idle()).isGreaterThan(KEPT_BY_JDK).isGreaterThan(KEPT_BY_NGINX);
  }

  /** What bounds a pause within a body or an answer does not bound the time between two calls. */
  @Test
  void aConnectionIsKeptForAsLongAsItIsSaid() throws Exception {
    List<Wire> kept = List.of(plain(), tls());
    for (Wire wire : kept) {
      assertGoesOn(wire);
    }
    assertThat(kept.getFirst().isQuietFor(TIMES.stall().multipliedBy(2))).isTrue();
    for (Wire wire : kept) {
      assertGoesOn(wire);
    }
  }

  /** Requests that are answered before anybody reads their bodies. */
  static Stream<String> unread() {
    return Stream.of(
        "POST /v1/participants HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "POST /v1/nowhere HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "POST /healthz HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "PUT /healthz HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "DELETE /v1/participants/web-1 HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "GET /v1/house HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n",
        "POST /v1/enrolments?wait=x HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n");
  }

  /** The rest of the request is no part of the next. */
  @ParameterizedTest
  @MethodSource("unread")
  void aBodyThatComesLaterEndsNoConnection(String head) throws Exception {
    String body = "a".repeat(1_000);
    for (Wire wire : List.of(plain(), tls())) {
      wire.send(head.formatted(HOST, body.length()));
      // As the JDK's client does: the body is sent apart from the head.
      wire.isQuietFor(Duration.ofMillis(50));
      wire.send(body);
      Wire.Got got = wire.answer("POST").orElseThrow();
      if (!isLast(got)) {
        assertGoesOn(wire);
      } else {
        wire.readToItsEnd();
      }
    }
  }

  /** It keeps its connection, and does not ask again by itself where it posts. */
  @Test
  void theClientOfTheJdkIsAnsweredEachTime() {
    String body = "a".repeat(20_000);
    try (Caller caller = new Caller(api.port())) {
      for (int i = 0; i < 100; i++) {
        assertThat(caller.postText("/v1/participants", body).status()).isEqualTo(401);
        assertThat(caller.postText("/healthz", body).status()).isEqualTo(405);
        assertThat(caller.postText("/v1/enrolments", "{}").status()).isEqualTo(400);
      }
    }
  }

  /** Nobody waits for it for long. */
  @Test
  void aBodyThatDoesNotComeIsAnsweredAndTheEndIsAnnounced() throws Exception {
    for (String head : unread().toList()) {
      plain().send(head.formatted(HOST, 1_000));
      tls().send(head.formatted(HOST, 1_000));
    }
    for (Wire wire : List.copyOf(wires)) {
      Wire.Got got = wire.answer("POST").orElseThrow();
      assertThat(isLast(got)).as(got.toString()).isTrue();
      wire.send("a".repeat(1_000)).readToItsEnd();
    }
  }

  @Test
  void aBodyThatWaitsToBeAskedForIsNotAskedFor() throws Exception {
    for (Wire wire : List.of(plain(), tls())) {
      wire.send(
          "POST /v1/nowhere HTTP/1.1\r\n%sExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
              .formatted(HOST));
      Wire.Got got = wire.answer("POST").orElseThrow();
      assertThat(got.status()).isIn(401, 404);
      assertThat(isLast(got)).isTrue();
      wire.readToItsEnd();
    }
  }

  @Test
  void aBodyThatWasAskedForEndsNothing() throws Exception {
    for (Wire wire : List.of(plain(), tls())) {
      wire.send(
          "POST /v1/enrolments HTTP/1.1\r\n%sExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
              .formatted(HOST));
      assertThat(wire.answer("POST")).map(Wire.Got::status).contains(100);
      Wire.Got got = wire.send("{}").answer("POST").orElseThrow();
      assertThat(got.status()).isEqualTo(400);
      assertThat(isLast(got)).isFalse();
      assertGoesOn(wire);
    }
  }

  /** Whoever is answered while the server stops hears that this was the last. */
  @Test
  void whoeverIsAnsweredAtTheEndIsToldThatItIsTheEnd() throws Exception {
    Wire waiting = plain();
    String wait =
        "GET /v1/history?from=%d&wait=20 HTTP/1.1\r\n%s%s\r\n"
            .formatted(desk.house().sequence() + 1, HOST, shown());
    assertGoesOn(waiting);
    waiting.send(wait);
    assertThat(waiting.isQuietFor(Duration.ofMillis(200))).isTrue();
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(api::stop);
    Wire.Got got = waiting.answer("GET").orElseThrow();
    assertThat(got.status()).isEqualTo(200);
    assertThat(isLast(got)).isTrue();
    waiting.readToItsEnd();
    stopped.join();
  }

  /** Strangers who come in great number are let go one by one before places run out. */
  @Test
  void whoeverShowsNothingIsToldToGoBeforePlacesRunOut() throws Exception {
    api.close();
    listener.close();
    open(Limits.ofListener().with(TIMES), new Bounds(60, 60, FEW, 30, FEW));
    int told = 0;
    for (int i = 0; i < 4 * FEW; i++) {
      Wire wire = plain();
      Wire.Got got = wire.send(GET).answer("GET").orElseThrow();
      assertThat(got.status()).isEqualTo(200);
      if (isLast(got)) {
        told++;
        wire.readToItsEnd();
        wire.close();
      }
    }
    assertThat(told).isGreaterThan(2 * FEW);
    assertThat(desk.refusals().counts().getOrDefault("connections-full", 0L)).isZero();
  }

  /** What asks for no secret is asked by those who have it too, over the same connection. */
  @Test
  void whoeverWasKnownStaysKnown() throws Exception {
    api.close();
    listener.close();
    open(Limits.ofListener().with(TIMES), new Bounds(60, 60, FEW, 30, FEW));
    Wire known = plain();
    Optional<Wire.Got> got =
        known.send("GET /v1/slots HTTP/1.1\r\n%s%s\r\n".formatted(HOST, shown())).answer("GET");
    assertThat(got).map(Wire.Got::status).contains(200);
    assertGoesOn(known);
    for (int i = 0; i < 4 * FEW; i++) {
      plain().send("GET /healthz HTT");
    }
    assertGoesOn(known);
  }
}
