package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.PhaseName;
import io.carousel.events.Seen;
import io.carousel.orchestrator.documents.Refused;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import io.carousel.orchestrator.http.Caller.Got;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked badly is refused, and changes nothing. */
class ApiInputTest extends ApiTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "[]",
        "null",
        "{}",
        "{\"name\":\"user\"}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"],\"slots\":[\"hsm-b\"]}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"],\"color\":\"red\"}",
        "{\"name\":\"user\\u0000\",\"slots\":[\"hsm-a\"]}",
        "{\"name\":\"user\",\"slots\":\"hsm-a\"}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"],\"suite\":\"md5\"}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"],\"leafLifetime\":\"a day\"}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"]} trailing",
      })
  void unreadableBodiesAreRefused(String body) {
    assertProblem(operator.postText("/v1/authorities", body), 400, "unreadable-body");
    assertThat(desk.decided()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"user\",\"slots\":[]}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\",\"hsm-a\"]}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"],\"leafLifetime\":\"PT1S\"}",
        "{\"name\":\"user\",\"slots\":[\"hsm-a\"],\"hold\":\"forever\"}",
      })
  void whatMakesNoSenseIsRefused(String body) {
    assertProblem(operator.postText("/v1/authorities", body), 400, "invalid");
    assertThat(desk.decided()).isZero();
  }

  @Test
  void aReasonWithControlCharactersIsRefused() {
    openUser();
    int before = desk.decided();
    Got got =
        operator.post(ROTATION, new WantedRotation(seen(), Optional.empty(), Optional.of("a\nb")));
    assertProblem(got, 400, "invalid");
    assertThat(desk.decided()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/authorities/us%0aer",
        "/v1/authorities/%1b%5b2J/bundle",
        "/v1/authorities/USER/rotation",
        "/v1/history?from=0",
        "/v1/history?from=x%0a",
        "/v1/history?limit=1001",
        "/v1/history?wait=-1",
        "/v1/history?wait=61",
        "/v1/history?wait=60.001",
        "/v1/history?wait=0.0001",
        "/v1/history?wait=1e1",
        "/v1/history?wait=.5",
      })
  void badNamesAndNumbersAreRefusedWithoutEcho(String path) {
    Got got = operator.get(path);
    assertProblem(got, 400, "invalid");
    assertThat(got.body()).matches("[ -~]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/bundle", "/rotation"})
  void anUnknownAuthorityIsNotFound(String rest) {
    assertProblem(operator.get("/v1/authorities/nobody" + rest), 404, "unknown-authority");
  }

  @Test
  void anActOnAnUnknownAuthorityIsRefused() {
    var act =
        new WantedRotation(
            new Seen(Optional.empty(), PhaseName.STANDBY, 1), Optional.empty(), Optional.empty());
    assertProblem(operator.post("/v1/authorities/nobody/rotation", act), 409, "unknown-authority");
  }

  @RepeatedTest(20)
  void whatIsTooLongIsRefusedAndItsSenderHearsWhy() {
    String body = " ".repeat(Call.BODY_LIMIT + 1);
    assertProblem(operator.postText("/v1/authorities", body), 413, "too-large");
    Got chunked =
        operator.post(
            "/v1/authorities",
            BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(body.getBytes(UTF_8))));
    assertProblem(chunked, 413, "too-large");
    assertThat(operator.get("/v1/house").status()).isEqualTo(200);
  }

  @Test
  void whatIsRefusedIsCountedByItsCode() {
    operator.get("/v1/nowhere");
    operator.get("/v1/nowhere-else");
    operator.postText("/v1/authorities", "{");
    Got counted = operator.get("/v1/refusals");
    assertThat(counted.status()).isEqualTo(200);
    assertThat(counted.as(Refused.class).counts())
        .containsEntry("unknown-path", 2L)
        .containsEntry("unreadable-body", 1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v", "/v1", "/v1/authority", "/v1/authorities/user/rotation/finish"})
  void unknownPathsAreNotFound(String path) {
    assertProblem(operator.get(path), 404, "unknown-path");
  }

  /** OPTIONS is what balancers ask there. */
  @Test
  void theRootAnswersToOptionsAlone() {
    assertProblem(operator.get("/"), 405, "wrong-method");
  }

  @Test
  void aWrongMethodIsToldTheRightOnes() {
    Got got = operator.put("/v1/authorities", "{}");
    assertProblem(got, 405, "wrong-method");
    assertThat(got.header("Allow")).isEqualTo("GET, HEAD, POST");
  }

  @ParameterizedTest
  @CsvSource({
    "GET /v1/house%zz HTTP/1.1, 400",
    "GET /v1/authorities/%c3%28 HTTP/1.1, 400",
    "GET /v1/authorities/us%00er HTTP/1.1, 400",
    "hello, 400",
  })
  void whatIsNoHttpGetsNoTrace(String line, int status) throws IOException {
    String answer = raw(line);
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer).doesNotContain("jetty", "Exception", "\tat ");
    assertThat(operator.get("/v1/house").status()).isEqualTo(200);
  }

  @Test
  void aBodyThatBreaksOffChangesNothing() throws IOException {
    String answer = raw("POST /v1/authorities HTTP/1.1\r\nContent-Length: 1000");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("the body broke off");
    answer = raw("POST /v1/authorities HTTP/1.1\r\nTransfer-Encoding: chunked");
    assertThat(answer).startsWith("HTTP/1.1 400").contains("the body broke off");
    assertThat(desk.decided()).isZero();
  }

  private String raw(String line) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      String request =
          "%s\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
              .formatted(line, Files.readString(secretFile()).strip());
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
