package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.rules.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever shows nothing takes no place of those who are known. */
@Timeout(60)
class BoundsTest {
  private static final String HOST = "Host: localhost\r\n";
  private static final String GET = "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n";
  private static final int FEW = 20;
  private static final Bounds ENOUGH = new Bounds(1_000, 1_000, 1_000, 1_000, 1_000);
  private static final Bounds POLLS = new Bounds(100, 100, 4, 4, 4);
  private static final Limits LIMITS =
      new Limits(
          Limits.Times.USUAL,
          new Bounds(60, 60, FEW, 30, FEW),
          ENOUGH,
          POLLS,
          new Bounds(2, 2, 2, 2, 2),
          new Bounds(1 << 20, 1 << 20, 64 * 1024, 1 << 20, 40 * 1024));

  private final FakeDesk desk = FakeDesk.withSlots("hsm-a", "hsm-b");
  private final List<Wire> wires = new ArrayList<>();
  private ApiServer api;
  private Listener listener;
  private String secret;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("api.secret");
    api = new ApiServer(desk, 0, file, _ -> {}, LIMITS).start();
    listener = ListenerFixture.listening(desk, LIMITS);
    secret = Files.readString(file).strip();
    try (Caller operator = operator()) {
      assertThat(operator.postText("/v1/authorities", ApiTest.CREATE_USER).status()).isEqualTo(200);
    }
    desk.keysCome("user");
  }

  @AfterEach
  void close() throws IOException {
    for (Wire wire : wires) {
      wire.close();
    }
    api.close();
    listener.close();
  }

  private Caller operator() {
    return new Caller(api.port()).with("Authorization", "Bearer " + secret);
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

  private String asked(String path, String headers) {
    return "GET %s HTTP/1.1\r\n%s%s\r\n".formatted(path, HOST, headers);
  }

  private String authorization() {
    return "Authorization: Bearer %s\r\n".formatted(secret);
  }

  @Test
  void whoeverComesFindsAPlaceAndTheOldestOfThoseWhoShowNothingLosesIts() throws Exception {
    Wire known = plain();
    assertThat(known.send(asked("/v1/slots", authorization())).answer("GET").orElseThrow().status())
        .isEqualTo(200);
    var silent = new ArrayList<Wire>();
    for (int i = 0; i < 5 * FEW; i++) {
      silent.add(plain().send("GET /healthz HTT"));
    }
    silent.getFirst().readToItsEnd();
    try (Caller operator = operator()) {
      assertThat(operator.get("/v1/slots").status()).isEqualTo(200);
    }
    // Whoever was known before all of them has kept its connection.
    assertThat(known.send(GET).answer("GET").orElseThrow().status()).isEqualTo(200);
    assertThat(desk.refusals().counts().get("connections-full")).isGreaterThanOrEqualTo(4L * FEW);
    Wire last = silent.getLast();
    assertThat(last.send("P/1.1\r\n" + HOST + "\r\n").answer("GET").orElseThrow().status())
        .isEqualTo(200);
  }

  @Test
  void whoeverComesOverTlsFindsAPlaceToo() throws Exception {
    var silent = new ArrayList<Wire>();
    for (int i = 0; i < 2 * FEW; i++) {
      silent.add(tls().send("GET /healthz HTT"));
    }
    silent.getFirst().readToItsEnd();
    assertThat(tls().send(GET).answer("GET").orElseThrow().status()).isEqualTo(200);
  }

  @Test
  void whoeverShowsNothingWaitsInPlacesOfItsOwn() throws Exception {
    String tag =
        plain().send(asked("/pub/user/bundle.pem", "")).answer("GET").orElseThrow().header("ETag");
    String wait = asked("/pub/user/bundle.pem?wait=30", "If-None-Match: W/%s\r\n".formatted(tag));
    for (int i = 0; i < POLLS.anonymous(); i++) {
      plain().send(wait);
    }
    await()
        .untilAsserted(() -> {
          Wire.Got refused = plain().send(wait).answer("GET").orElseThrow();
          assertThat(refused.status()).isEqualTo(429);
          assertThat(refused.header("Retry-After")).isEqualTo("5");
          assertThat(refused.body()).contains("too-many-waiting");
        });
    long now = desk.house().sequence();
    try (Caller operator = operator()) {
      assertThat(
              operator.get("/v1/authorities/user/bundle?after=%d&wait=1".formatted(now)).status())
          .isEqualTo(204);
    }
  }

  @Test
  void whoeverFollowsTooMuchIsToldToPoll() throws Exception {
    String follow = asked("/v1/authorities/user/bundles", authorization());
    for (int i = 0; i < 2; i++) {
      Wire wire = plain().send(follow);
      assertThat(wire.firstLine()).contains("HTTP/1.1 200 OK");
    }
    Wire.Got refused = plain().send(follow).answer("GET").orElseThrow();
    assertThat(refused.status()).isIn(429, 503);
    assertThat(refused.header("Retry-After")).isEqualTo("30");
    assertThat(refused.body()).contains("too-many-streams");
    // HEAD follows nothing, and so needs no place.
    String head = follow.replace("GET ", "HEAD ");
    Wire.Got got = plain().send(head).answer("HEAD").orElseThrow();
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.header("Content-Type")).isEqualTo("text/event-stream");
  }

  /** A place is taken by what has come, not by what was announced. */
  @Test
  void bodiesThatDoNotComeTakeNoMemory() throws Exception {
    for (int i = 0; i < FEW - 5; i++) {
      plain()
          .send("POST /v1/enrolments HTTP/1.1\r\n%sContent-Length: 30000\r\n\r\n{".formatted(HOST));
    }
    assertThat(enrolled().status()).isEqualTo(403);
    for (int i = 0; i < 2; i++) {
      plain()
          .send(
              "POST /v1/enrolments HTTP/1.1\r\n%sContent-Length: 30000\r\n\r\n%s"
                  .formatted(HOST, " ".repeat(20_400)));
    }
    await()
        .untilAsserted(() -> {
          Wire.Got refused = enrolled();
          assertThat(refused.status()).isEqualTo(429);
          assertThat(refused.header("Retry-After")).isEqualTo("1");
        });
  }

  @Test
  void whoeverShowsNothingSendsShorterBodies() throws Exception {
    String long32 = " ".repeat(Call.ANONYMOUS_BODY_LIMIT + 1);
    Wire.Got got =
        plain()
            .send(
                "POST /v1/enrolments HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s"
                    .formatted(HOST, long32.length(), long32))
            .answer("POST")
            .orElseThrow();
    assertThat(got.status()).isEqualTo(413);
    assertThat(got.body()).contains("longer than 32768 bytes");
  }

  /** Nobody without a token keeps hosts with one from being looked at. */
  @Test
  void bodiesThatAreNoRequestsTakeNoTurns() throws Exception {
    Wire wire = plain();
    for (int i = 0; i < 500; i++) {
      wire.send("POST /v1/enrolments HTTP/1.1\r\n%sContent-Length: 2\r\n\r\n{}".formatted(HOST));
      assertThat(wire.answer("POST").orElseThrow().status()).isEqualTo(400);
    }
    assertThat(enrolled().status()).isEqualTo(403);
    for (int i = 0; i < 500; i++) {
      assertThat(enrolled(wire).status()).isEqualTo(403);
    }
  }

  private Wire.Got enrolled() throws IOException {
    return enrolled(plain());
  }

  private Wire.Got enrolled(Wire wire) throws IOException {
    byte[] body =
        Json.PLAIN.write(
            Story.asks(FakeDesk.HOUSE, EnrolmentToken.create(), "web-1", "web-1", desk.now()));
    String text = new String(body, java.nio.charset.StandardCharsets.UTF_8);
    Optional<Wire.Got> got =
        wire.send(
                "POST /v1/enrolments HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s"
                    .formatted(HOST, body.length, text))
            .answer("POST");
    return got.orElseThrow();
  }

  @Test
  void aPlaceIsGivenBack() {
    var places = new Places(POLLS, "full", "full", Duration.ofSeconds(1));
    var caller = new CallerKey(CallerKey.Kind.PARTICIPANT, "web-1");
    for (int i = 0; i < 1_000; i++) {
      try (Places.Taken taken = places.take(caller, 1)) {
        taken.more(3);
      }
    }
    try (Places.Taken taken = places.take(caller, 4)) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> taken.more(1))
          .isInstanceOf(BadCall.class)
          .hasMessage("full");
    }
    assertThat(places.take(caller, 4)).isNotNull();
  }
}
