package io.carousel.orchestrator.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Seen;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.documents.HouseDescription;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.Participants;
import io.carousel.orchestrator.documents.Problem;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import io.carousel.orchestrator.documents.Wanted.WantedRollback;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import io.carousel.orchestrator.http.Caller.Got;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over real HTTP, with a desk that stands on the real rules. */
class ApiServerTest {
  private static final String CREATE_USER = "{\"name\":\"user\",\"slots\":[\"hsm-a\",\"hsm-b\"]}";
  private static final String ROTATION = "/v1/authorities/user/rotation";
  private static final String KEY = "0195518e-2c7b-7a10-8123-456789abcdef";

  @TempDir Path folder;
  private final FakeDesk desk = FakeDesk.withSlots("hsm-a", "hsm-b");
  private ApiServer server;
  private Caller operator;

  @BeforeEach
  void start() throws IOException {
    server = new ApiServer(desk, 0, secretFile()).start();
    operator = caller().with("Authorization", "Bearer " + Files.readString(secretFile()).strip());
  }

  @AfterEach
  void stop() {
    operator.close();
    server.stop();
  }

  private Path secretFile() {
    return folder.resolve("node").resolve("api.secret");
  }

  private Caller caller() {
    return new Caller(server.port());
  }

  // --- what participants call
  // ---------------------------------------------------------------------

  @Test
  void saysWhichHouseItIs() {
    Got got = operator.get("/v1/house");
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.header("Content-Type")).isEqualTo("application/json");
    assertThat(got.body()).isEqualTo("{\"house\":\"00112233445566778899aabbccddeeff\"}");
    assertThat(got.as(HouseDescription.class).house()).isEqualTo(FakeDesk.HOUSE);
  }

  @Test
  void handsOutTheBundleOnceItIsNewer() {
    openUser();
    TrustBundle first = operator.get(bundle(0, 0)).as(TrustBundle.class);
    assertThat(first.trusted()).hasSize(2);

    assertThat(operator.get(bundle(first.sequence(), 0)).status()).isEqualTo(204);

    var waiting = CompletableFuture.supplyAsync(() -> operator.get(bundle(first.sequence(), 30)));
    startRotation();
    TrustBundle next = waiting.join().as(TrustBundle.class);
    assertThat(next.sequence()).isGreaterThan(first.sequence());
    assertThat(next.phase()).isEqualTo(PhaseName.INIT);
  }

  private static String bundle(long after, int wait) {
    return "/v1/authorities/user/bundle?after=%d&wait=%d".formatted(after, wait);
  }

  @Test
  void beforeTheFirstKeysTheBundleTrustsNobody() {
    create();
    assertThat(operator.get(bundle(0, 0)).as(TrustBundle.class).trusted()).isEmpty();
  }

  @Test
  void issuesCredentialsToThoseEnrolled() {
    openUser();
    var request =
        new CredentialRequest(
            new ParticipantName("web-1"),
            new AuthorityName("user"),
            Profile.CLIENT,
            bytes("csr"),
            FakeDesk.NOON,
            bytes("signature"));
    assertProblem(operator.post("/v1/credentials", request), 403, "not-enrolled");

    desk.enrol("user", EnumSet.allOf(Role.class), "web-1");
    Got got = operator.post("/v1/credentials", request);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.as(Credential.class).generation()).isEqualTo(1);
  }

  @Test
  void takesReports() {
    assertThat(operator.post("/v1/reports", report(1)).status()).isEqualTo(204);
    assertProblem(operator.post("/v1/reports", report(0)), 400, "stale-counter");
  }

  private static Report report(long counter) {
    return new Report(
        new ParticipantName("web-1"),
        counter,
        new AuthorityName("user"),
        1,
        Digest.of(new byte[0]),
        List.of(),
        List.of(),
        bytes("signature"));
  }

  // --- what operators call
  // ------------------------------------------------------------------------

  @Test
  void createsAndShowsAuthorities() {
    Got got =
        operator.postText(
            "/v1/authorities",
            """
            {"name":"user","suite":"ed25519","slots":["hsm-b"],"leafLifetime":"PT8H","hold":"never"}
            """);
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.as(Done.class).sequence()).isEqualTo(desk.house().sequence());

    AuthorityDetails user = operator.get("/v1/authorities/user").as(AuthorityDetails.class);
    assertThat(user.phase()).isEqualTo(PhaseName.CREATING);
    assertThat(user.policy().leafLifetime()).isEqualTo(Duration.ofHours(8));
    assertThat(user.policy().hold()).isEmpty();
    assertThat(user.generations().getFirst().keys())
        .extracting(KeyLine::stage)
        .containsExactly("requested");
    assertThat(operator.get("/v1/authorities").as(Authorities.class).authorities())
        .singleElement()
        .satisfies(line -> assertThat(line.name()).isEqualTo(new AuthorityName("user")));
  }

  @Test
  void tellsTheLastFailureOfAKey() {
    create();
    desk.keyFails("user", 1, "hsm-b", "no room on the token");
    assertThat(status().keys())
        .filteredOn(k -> k.slot().value().equals("hsm-b"))
        .singleElement()
        .satisfies(k ->
            assertThat(k.failure())
                .contains(new KeyLine.Failure("token-full", "no room on the token", true)));
    assertThat(status().next())
        .isEqualTo("Check the worker of hsm-b: its last attempt at a key failed.");
  }

  @Test
  void aWholeRotationByHand() {
    openUser();
    desk.enrol("user", EnumSet.allOf(Role.class), "web-1", "web-2");
    desk.later(Duration.ofHours(1));
    startRotation();
    assertThat(status().since()).contains(FakeDesk.NOON.plus(Duration.ofHours(1)));
    assertProblem(advance(), 409, "keys-missing");

    desk.keysCome("user");
    desk.shows("web-1");
    RotationStatus init = status();
    assertThat(init.gate().ready()).isFalse();
    assertThat(init.gate().required()).isEqualTo(2);
    assertThat(init.gate().lacking())
        .singleElement()
        .satisfies(l -> assertThat(l.participant()).isEqualTo(new ParticipantName("web-2")));
    assertProblem(advance(), 409, "gate-closed");

    desk.shows("web-2");
    assertThat(status().gate().ready()).isTrue();
    for (PhaseName phase :
        List.of(PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS, PhaseName.STANDBY)) {
      assertThat(advance().status()).isEqualTo(200);
      assertThat(status().seen().phase()).isEqualTo(phase);
    }
    assertThat(status().active()).isEqualTo(2);
  }

  @Test
  void aRotationIsTurnedBack() {
    openUser();
    startRotation();
    Got got = operator.post(ROTATION + "/rollback", new WantedRollback(seen(), "wrong week"));
    assertThat(got.status()).isEqualTo(200);
    assertThat(status().seen().phase()).isEqualTo(PhaseName.ROLLBACK);
    assertThat(
            operator
                .post(
                    ROTATION + "/advance",
                    new WantedAdvance(
                        seen(), Optional.empty(), Optional.of(true), Optional.empty()))
                .status())
        .isEqualTo(200);
    assertThat(status().active()).isEqualTo(1);
  }

  @Test
  void pastRotationsAreTold() {
    openUser();
    startRotation();
    assertThat(operator.get("/v1/authorities/user/rotations").body())
        .isEqualTo(
            "{\"rotations\":[{\"rotation\":\"user/1\",\"retiring\":1,\"successor\":2,"
                + "\"reason\":\"yearly rotation\",\"by\":\"local\",\"outcome\":\"under way\","
                + "\"phases\":[{\"phase\":\"init\",\"at\":\"2026-03-01T12:00:00Z\"}]}]}");
  }

  @Test
  void twoOperatorsWhoPressAdvanceMoveOnePhase() {
    openUser();
    desk.enrol("user", EnumSet.allOf(Role.class), "web-1");
    desk.shows("web-1");
    startRotation();
    desk.keysCome("user");
    Seen seen = seen();
    assertThat(advance(seen).status()).isEqualTo(200);
    assertProblem(advance(seen), 409, "moved-on");
    assertThat(status().seen().phase()).isEqualTo(PhaseName.UPDATE_CLIENTS);
  }

  @Test
  void whatMayBeAbsentMayBeLeftOut() {
    openUser();
    Got got =
        operator.postText(
            ROTATION,
            "{\"seen\":{\"phase\":\"standby\",\"sequence\":%d}}".formatted(seen().sequence()));
    assertThat(got.status()).isEqualTo(200);
  }

  @Test
  void theFleetComesAndGoes() {
    openUser();
    var wanted =
        new WantedParticipant(
            new ParticipantName("web-1"),
            FakeDesk.identity(),
            List.of(new Membership(new AuthorityName("user"), List.of(Role.VERIFIES))));
    assertThat(operator.post("/v1/participants", wanted).status()).isEqualTo(200);
    assertThat(operator.get("/v1/participants").as(Participants.class).participants())
        .singleElement()
        .satisfies(p -> assertThat(p.identityKey()).isEqualTo(wanted.identityKey().digest()));
    assertThat(operator.delete("/v1/participants/web-1?reason=gone%20home").status())
        .isEqualTo(200);
    assertProblem(operator.delete("/v1/participants/web-1"), 409, "unknown-participant");
  }

  @Test
  void listsSlots() {
    create();
    assertThat(operator.get("/v1/slots").as(Slots.class).slots())
        .extracting(s -> s.name() + " " + s.authorities())
        .containsExactly("hsm-a 1", "hsm-b 1");
  }

  @Test
  void tellsTheHistory() {
    HistoryPage page = operator.get("/v1/history?from=1&limit=2").as(HistoryPage.class);
    assertThat(page.next()).isEqualTo(3);
    assertThat(page.events())
        .extracting(e -> e.sequence() + " " + e.type() + " " + e.sentence())
        .containsExactly(
            "1 carousel.founded.v1 House 00112233445566778899aabbccddeeff was founded by"
                + " orchestrator orchestrator-1 at feature level 1.",
            "2 carousel.term-started.v1 Orchestrator orchestrator-1 became the owner of the log"
                + " (term 1).");

    assertThat(operator.get("/v1/history?limit=1").as(HistoryPage.class).events())
        .singleElement()
        .satisfies(e -> assertThat(e.sequence()).isEqualTo(4));
    assertThat(operator.get("/v1/history?from=5").as(HistoryPage.class))
        .isEqualTo(new HistoryPage(List.of(), 5));

    var waiting =
        CompletableFuture.supplyAsync(
            () -> operator.get("/v1/history?from=5&limit=1&wait=30").as(HistoryPage.class));
    create();
    assertThat(waiting.join().events())
        .singleElement()
        .satisfies(e -> assertThat(e.type()).isEqualTo("carousel.authority-created.v1"));
  }

  @Test
  void theStateComesWithItsDigest() {
    openUser();
    String body = operator.get("/v1/state").body();
    byte[] state = new HouseCodec().write(desk.house());
    assertThat(body)
        .isEqualTo(
            "{\"sequence\":%d,\"sha256\":\"%s\",\"state\":%s}"
                .formatted(desk.house().sequence(), Digest.of(state), new String(state, UTF_8)));
  }

  // --- who may call
  // -------------------------------------------------------------------------------

  @Test
  void theSecretIsMadeForItsOwnerAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secretFile())))
        .isEqualTo("rw-------");
    String secret = Files.readString(secretFile());
    server.stop();
    server = new ApiServer(desk, 0, secretFile()).start();
    assertThat(Files.readString(secretFile())).isEqualTo(secret);
    assertThat(secret.strip()).matches("[A-Za-z0-9_-]{43}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void aSecretThatOthersCanReachIsRefused(String mode) throws IOException {
    server.stop();
    Files.setPosixFilePermissions(secretFile(), PosixFilePermissions.fromString(mode));
    var exposed = new ApiServer(desk, 0, secretFile());
    assertThatThrownBy(exposed::start)
        .isInstanceOf(CannotServe.class)
        .hasMessageContaining("others can read or change it (mode %s)".formatted(mode));
  }

  @Test
  void aFileWithoutASecretIsRefused() throws IOException {
    server.stop();
    Files.writeString(secretFile(), "short\n");
    var empty = new ApiServer(desk, 0, secretFile());
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
      for (String path : List.of("/v1/house", "/v1/nowhere", "/")) {
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
      assertThat(stranger.get("/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
    }
  }

  @Test
  void beforeTheFirstEventItIsStarting() throws IOException {
    try (var young = new ApiServer(FakeDesk.empty(), 0, secretFile()).start();
        var caller =
            new Caller(young.port())
                .with("Authorization", "Bearer " + Files.readString(secretFile()).strip())) {
      assertThat(caller.get("/healthz").status()).isEqualTo(503);
      Got got = caller.get("/v1/house");
      assertProblem(got, 503, "starting");
      assertThat(got.header("Retry-After")).isEqualTo("1");
    }
  }

  @Test
  void aTakenPortIsSaid() {
    var second = new ApiServer(desk, server.port(), secretFile());
    assertThatThrownBy(second::start)
        .isInstanceOf(CannotServe.class)
        .hasMessageContaining("cannot listen on 127.0.0.1:" + server.port())
        .hasMessageContaining("is another node running there");
  }

  // --- bad input
  // ----------------------------------------------------------------------------------

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
        "/v1/authorities/us%00er",
        "/v1/authorities/%1b%5b2J/bundle",
        "/v1/authorities/USER/rotation",
        "/v1/history?from=0",
        "/v1/history?from=x%0a",
        "/v1/history?limit=1001",
        "/v1/history?wait=-1",
        "/v1/history?wait=61",
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

  @Test
  void whatIsTooLongIsNotRead() {
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

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1", "/v1/authority", "/v1/authorities/user/rotation/finish"})
  void unknownPathsAreNotFound(String path) {
    assertProblem(operator.get(path), 404, "unknown-path");
  }

  @Test
  void aWrongMethodIsToldTheRightOnes() {
    Got got = operator.put("/v1/authorities", "{}");
    assertProblem(got, 405, "wrong-method");
    assertThat(got.header("Allow")).isEqualTo("GET, POST");
  }

  @ParameterizedTest
  @CsvSource({
    "GET /v1/house%zz HTTP/1.1, 400",
    "GET /v1/authorities/%c3%28 HTTP/1.1, 400",
    "hello, 400",
  })
  void whatIsNoHttpGetsNoTrace(String line, int status) throws IOException {
    String answer = raw(line);
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer).doesNotContain("helidon", "Exception", "\tat ");
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

  // --- what may go wrong
  // --------------------------------------------------------------------------

  @Test
  void anActThatIsAskedAgainIsDoneOnce() {
    desk.fail(FakeDesk.Fault.LOST_AFTER_EFFECT);
    Got lost = create("Idempotency-Key", KEY);
    assertProblem(lost, 503, "outcome-unknown");
    assertThat(lost.header("Retry-After")).isEqualTo("1");

    Got again = create("Idempotency-Key", KEY);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.as(Done.class).command().value()).isEqualTo(KEY);
    assertThat(desk.decided()).isEqualTo(1);

    Got other =
        operator.post(
            "/v1/authorities",
            BodyPublishers.ofString("{\"name\":\"host\",\"slots\":[\"hsm-a\"]}"),
            "Idempotency-Key",
            KEY);
    assertProblem(other, 409, "another-body");
  }

  @Test
  void aKeyThatIsNoCommandIdIsRefused() {
    assertProblem(create("Idempotency-Key", "again please"), 400, "invalid");
    assertThat(desk.decided()).isZero();
  }

  @Test
  void nothingOfTheInsideGetsOut() {
    desk.fail(FakeDesk.Fault.BUG);
    var log = new ByteArrayOutputStream();
    PrintStream console = System.out;
    System.setOut(new PrintStream(log, true, UTF_8));
    Got got;
    try {
      got = create();
    } finally {
      System.setOut(console);
    }
    assertProblem(got, 500, "internal");
    assertThat(got.body()).doesNotContain("secret detail", "Exception");
    assertThat(log.toString(UTF_8)).contains("secret detail");
  }

  @Test
  void stoppingAnswersThoseWhoWait() throws Exception {
    openUser();
    long sequence = desk.house().sequence();
    List<CompletableFuture<Got>> waiting =
        List.of(
            CompletableFuture.supplyAsync(() -> operator.get(bundle(sequence, 60))),
            CompletableFuture.supplyAsync(
                () -> operator.get("/v1/history?from=%d&wait=60".formatted(sequence + 1))));
    org.awaitility.Awaitility.await().until(() -> desk.waiting() == 2);
    server.stop();
    assertThat(waiting.get(0).get(10, TimeUnit.SECONDS).status()).isEqualTo(204);
    assertThat(waiting.get(1).get(10, TimeUnit.SECONDS).as(HistoryPage.class).events()).isEmpty();
    assertThatThrownBy(() -> operator.get("/v1/house"))
        .isInstanceOf(java.io.UncheckedIOException.class);
  }

  @Test
  void manyMayWaitAtOnce() {
    openUser();
    long sequence = desk.house().sequence();
    List<CompletableFuture<Got>> waiting =
        java.util.stream.IntStream.range(0, 200).mapToObj(_ -> sent(bundle(sequence, 60))).toList();
    org.awaitility.Awaitility.await().until(() -> desk.waiting() == 200);
    assertThat(operator.get("/v1/house").status()).isEqualTo(200);
    startRotation();
    assertThat(waiting).allSatisfy(w -> assertThat(w.join().status()).isEqualTo(200));
  }

  private CompletableFuture<Got> sent(String path) {
    var answer = new CompletableFuture<Got>();
    Thread.startVirtualThread(() -> answer.complete(operator.get(path)));
    return answer;
  }

  // --------------------------------------------------------------------------------------------------

  private Got create(String... headers) {
    return operator.post("/v1/authorities", BodyPublishers.ofString(CREATE_USER), headers);
  }

  private void openUser() {
    assertThat(create().status()).isEqualTo(200);
    desk.keysCome("user");
  }

  private void startRotation() {
    var wanted = new WantedRotation(seen(), Optional.empty(), Optional.of("yearly rotation"));
    assertThat(operator.post(ROTATION, wanted).status()).isEqualTo(200);
  }

  private Got advance() {
    return advance(seen());
  }

  private Got advance(Seen seen) {
    return operator.post(
        ROTATION + "/advance",
        new WantedAdvance(seen, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private Seen seen() {
    return status().seen();
  }

  private RotationStatus status() {
    return operator.get(ROTATION).as(RotationStatus.class);
  }

  private static void assertProblem(Got got, int status, String code) {
    assertThat(got.status()).as(got.body()).isEqualTo(status);
    Problem problem = Json.PLAIN.read(got.body().getBytes(UTF_8), Problem.class);
    assertThat(problem.code()).as(problem.message()).isEqualTo(code);
    assertThat(problem.message()).isNotBlank();
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }
}
