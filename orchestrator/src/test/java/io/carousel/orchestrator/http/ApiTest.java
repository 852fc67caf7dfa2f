package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Seen;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Problem;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import io.carousel.orchestrator.http.Caller.Got;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The API over real HTTP, with a desk that stands on the real rules. */
abstract class ApiTest {
  static final String CREATE_USER = "{\"name\":\"user\",\"slots\":[\"hsm-a\",\"hsm-b\"]}";
  static final String ROTATION = "/v1/authorities/user/rotation";

  @TempDir Path folder;
  final FakeDesk desk = FakeDesk.withSlots("hsm-a", "hsm-b");
  ApiServer server;
  Caller operator;

  @BeforeEach
  final void start() throws IOException {
    server = new ApiServer(desk, 0, secretFile(), _ -> {}).start();
    operator = caller().with("Authorization", "Bearer " + Files.readString(secretFile()).strip());
  }

  @AfterEach
  final void stop() {
    operator.close();
    server.stop();
  }

  Path secretFile() {
    return folder.resolve("node").resolve("api.secret");
  }

  Caller caller() {
    return new Caller(server.port());
  }

  static String bundle(long after, int wait) {
    return "/v1/authorities/user/bundle?after=%d&wait=%d".formatted(after, wait);
  }

  Got create(String... headers) {
    return operator.post("/v1/authorities", BodyPublishers.ofString(CREATE_USER), headers);
  }

  void openUser() {
    assertThat(create().status()).isEqualTo(200);
    desk.keysCome("user");
  }

  void startRotation() {
    var wanted = new WantedRotation(seen(), Optional.empty(), Optional.of("yearly rotation"));
    assertThat(operator.post(ROTATION, wanted).status()).isEqualTo(200);
  }

  Got advance() {
    return advance(seen());
  }

  Got advance(Seen seen) {
    return operator.post(
        ROTATION + "/advance",
        new WantedAdvance(seen, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  Seen seen() {
    return status().seen();
  }

  RotationStatus status() {
    return operator.get(ROTATION).as(RotationStatus.class);
  }

  static void assertProblem(Got got, int status, String code) {
    assertThat(got.status()).as(got.body()).isEqualTo(status);
    Problem problem = Json.PLAIN.read(got.body().getBytes(UTF_8), Problem.class);
    assertThat(problem.code()).as(problem.message()).isEqualTo(code);
    assertThat(problem.message()).isNotBlank();
  }
}
