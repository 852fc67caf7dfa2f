package io.carousel.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.orchestrator.http.Caller.Got;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, and where. */
class ApiAccessTest extends ApiTest {
  @Test
  void theSecretIsMadeForItsOwnerAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secretFile())))
        .isEqualTo("rw-------");
    String secret = Files.readString(secretFile());
    server.stop();
    server = new ApiServer(desk, 0, secretFile(), _ -> {}).start();
    assertThat(Files.readString(secretFile())).isEqualTo(secret);
    assertThat(secret.strip()).matches("[A-Za-z0-9_-]{43}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void aSecretThatOthersCanReachIsRefused(String mode) throws IOException {
    server.stop();
    Files.setPosixFilePermissions(secretFile(), PosixFilePermissions.fromString(mode));
    var exposed = new ApiServer(desk, 0, secretFile(), _ -> {});
    assertThatThrownBy(exposed::start)
        .isInstanceOf(CannotServe.class)
        .hasMessageContaining("others can read or change it (mode %s)".formatted(mode));
  }

  @Test
  void aFileWithoutASecretIsRefused() throws IOException {
    server.stop();
    Files.writeString(secretFile(), "short\n");
    var empty = new ApiServer(desk, 0, secretFile(), _ -> {});
    assertThatThrownBy(empty::start)
        .isInstanceOf(CannotServe.class)
        .hasMessageContaining("holds no secret; delete it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer wrong", "Basic dXNlcjpwYXNz", "bearer  "})
  void nobodyGetsInWithoutTheSecret(String shown) {
    try (Caller stranger = caller()) {
      if (!shown.isEmpty()) {
        stranger.with("Authorization", shown);
      }
      for (String path : List.of("/v1/authorities", "/v1/nowhere", "/")) {
        Got got = stranger.get(path);
        assertProblem(got, 401, "unauthorised");
        assertThat(got.header("WWW-Authenticate")).isEqualTo("Bearer");
      }
      assertProblem(stranger.postText("/v1/authorities", CREATE_USER), 401, "unauthorised");
    }
    assertThat(desk.decided()).isZero();
  }

  @Test
  void healthIsOpenAndSaysNothingMore() {
    try (Caller stranger = caller()) {
      assertThat(stranger.get("/healthz").body()).isEqualTo("{\"status\":\"ok\",\"missing\":[]}");
    }
  }

  @Test
  void readyWaitsForSlotsAndLiveDoesNot() {
    try (Caller stranger = caller()) {
      assertThat(stranger.get("/readyz").status()).isEqualTo(200);
      desk.readiness().missing("slot hsm-b", "its token is away");
      Got ready = stranger.get("/readyz");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body()).isEqualTo("{\"status\":\"degraded\",\"missing\":[\"slot hsm-b\"]}");
      assertThat(stranger.get("/livez").status()).isEqualTo(200);
      desk.readiness().present("slot hsm-b");
      assertThat(stranger.get("/readyz").status()).isEqualTo(200);
    }
  }

  /** A host that is about to enrol signs for it, and its tokens would tell it anyway. */
  @Test
  void whichHouseItIsIsOpen() {
    try (Caller stranger = caller()) {
      assertThat(stranger.get("/v1/house").body()).contains(FakeDesk.HOUSE.value());
    }
  }

  @Test
  void beforeTheFirstEventItIsStarting() throws IOException {
    try (var young = new ApiServer(FakeDesk.empty(), 0, secretFile(), _ -> {}).start();
        var caller =
            new Caller(young.port())
                .with("Authorization", "Bearer " + Files.readString(secretFile()).strip())) {
      assertThat(caller.get("/healthz").status()).isEqualTo(503);
      assertThat(caller.get("/readyz").status()).isEqualTo(503);
      assertThat(caller.get("/livez").status()).isEqualTo(200);
      Got got = caller.get("/v1/house");
      assertProblem(got, 503, "starting");
      assertThat(got.header("Retry-After")).isEqualTo("1");
    }
  }

  @Test
  void aTakenPortIsSaid() {
    var second = new ApiServer(desk, server.port(), secretFile(), _ -> {});
    assertThatThrownBy(second::start)
        .isInstanceOf(CannotServe.class)
        .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port())
        .hasMessageContaining("is another node running there");
  }
}
