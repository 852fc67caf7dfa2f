package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.carousel.events.PhaseName;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.http.Caller.Got;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Bundles as they are followed, over real HTTP. */
@Timeout(60)
class BundleStreamTest extends ApiTest {
  private static final int GONE = 20;
  private static final String STREAM = "/v1/authorities/user/bundles";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void end() {
    client.shutdownNow();
    client.close();
  }

  @Test
  void tellsEachBundleAsSoonAsThereIsOne() throws IOException, InterruptedException {
    openUser();
    Followed events = follow(STREAM);
    assertThat(events.response().statusCode()).isEqualTo(200);
    assertThat(events.response().headers().firstValue("Content-Type"))
        .hasValue("text/event-stream");
    assertThat(events.response().headers().firstValue("Cache-Control")).hasValue("no-cache");
    events.assertSilence();
    TrustBundle first = events.bundle();
    assertThat(first).isEqualTo(operator.get(bundle(0, 0)).as(TrustBundle.class));

    startRotation();
    TrustBundle next = events.bundle();
    assertThat(next.sequence()).isGreaterThan(first.sequence());
    assertThat(next.phase()).isEqualTo(PhaseName.INIT);
  }

  @Test
  void goesOnAfterTheLastEventThatTheCallerHas() throws IOException, InterruptedException {
    openUser();
    TrustBundle first = operator.get(bundle(0, 0)).as(TrustBundle.class);
    // As a browser does: by the header, though the address still says where it began.
    Followed after = follow(STREAM + "?after=0", "Last-Event-ID", Long.toString(first.sequence()));
    Followed asked = follow(STREAM + "?after=" + first.sequence());
    after.assertSilence();
    asked.assertSilence();
    startRotation();
    assertThat(after.bundle().phase()).isEqualTo(PhaseName.INIT);
    assertThat(asked.bundle().phase()).isEqualTo(PhaseName.INIT);
  }

  @Test
  void saysThatItHasNothingToSay() throws IOException, InterruptedException {
    openUser();
    Followed events = follow(STREAM + "?after=" + Long.MAX_VALUE);
    events.assertSilence();
    events.assertSilence();
  }

  @Test
  void endsWhenTheServerStops() throws IOException, InterruptedException {
    openUser();
    Followed events = follow(STREAM + "?after=" + Long.MAX_VALUE);
    events.assertSilence();
    server.stop();
    assertThat(events.hasEnded()).isTrue();
  }

  @Test
  void aFollowerThatIsGoneIsNoFault() throws IOException {
    openUser();
    var logger = (Logger) LoggerFactory.getLogger(BundleStreams.class);
    var logged = new ListAppender<ILoggingEvent>();
    logged.start();
    logger.addAppender(logged);
    Level before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    try {
      for (int i = 0; i < GONE; i++) {
        hangUp();
      }
      startRotation();
      await().until(() -> List.copyOf(logged.list).size() >= GONE);
      assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
    } finally {
      logger.setLevel(before);
      logger.detachAppender(logged);
    }
  }

  /** Opens a stream, and is reset as soon as it begins. */
  private void hangUp() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(STREAM, Files.readString(secretFile()).strip());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      socket.setSoLinger(true, 0);
    }
  }

  @Test
  void refusesWhatItCannotFollow() {
    openUser();
    assertProblem(operator.get("/v1/authorities/nobody/bundles"), 404, "unknown-authority");
    assertProblem(operator.get(STREAM + "?after=x"), 400, "invalid");
    assertProblem(caller().get(STREAM), 401, "unauthorised");
    operator.with("Accept", "application/json");
    Got refused = operator.get(STREAM);
    assertProblem(refused, 406, "events-only");
    assertThat(refused.body()).contains("/v1/authorities/user/bundle");
    operator.with("Last-Event-ID", "-1");
    assertProblem(operator.get(STREAM), 400, "invalid");
  }

  private Followed follow(String path, String... more) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(10))
            .header("Accept", "text/event-stream")
            .header("Authorization", "Bearer " + Files.readString(secretFile()).strip());
    if (more.length > 0) {
      request.headers(more);
    }
    HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
    return new Followed(
        response, new BufferedReader(new InputStreamReader(response.body(), UTF_8)));
  }

  /** A stream, line by line. */
  private record Followed(HttpResponse<InputStream> response, BufferedReader lines) {
    void assertSilence() throws IOException {
      assertThat(lines.readLine()).isEqualTo(":");
      assertThat(lines.readLine()).isEmpty();
    }

    TrustBundle bundle() throws IOException {
      String id = lines.readLine();
      assertThat(lines.readLine()).isEqualTo("event:bundle");
      String data = lines.readLine();
      assertThat(data).startsWith("data:");
      TrustBundle bundle =
          Json.PLAIN.read(data.substring("data:".length()).getBytes(UTF_8), TrustBundle.class);
      assertThat(id).isEqualTo("id:" + bundle.sequence());
      assertThat(lines.readLine()).isEmpty();
      return bundle;
    }

    boolean hasEnded() throws IOException {
      return lines.readLine() == null;
    }
  }
}
