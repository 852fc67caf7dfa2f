package io.carousel.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Identity;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.http.HouseFixture;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.EnrolmentTokenFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program against a house of tests behind real HTTP. */
class AgentTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;
  private final FakeHouse house = new FakeHouse();
  private HouseFixture fixture;
  private AgentConfig config;

  @BeforeEach
  void start() throws Exception {
    fixture = new HouseFixture(house);
    HouseFixture.secretFile(folder, HouseFixture.SECRET);
    config = config("db", "");
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private AgentConfig config(String authority, String more) throws Exception {
    return AgentConfig.read(
        Files.writeString(
            folder.resolve("agent.yaml"),
            """
            house:
              url: %s
              secretFile: secret
            participant:
              name: web-1
            state: state
            outputs:
              - authority: %s
                roles: [presents-server, verifies]
                folder: files
            %s
            """
                .formatted(fixture.base(), authority, more)));
  }

  private void enrol() throws Exception {
    house.enrol(
        Identity.readOrCreate(WEB, config.identityKey()),
        FakeHouse.membership(Role.PRESENTS_SERVER, Role.VERIFIES));
  }

  private AgentStatus once(Duration patience) throws Exception {
    try (Agent agent = Agent.start(config)) {
      return agent.awaitUpToDate(patience);
    }
  }

  private List<String> everything() throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.map(p -> folder.relativize(p).toString()).sorted().toList();
    }
  }

  @Test
  void onceBringsEverythingUpToDateAndEnds() throws Exception {
    enrol();
    AgentStatus status = once(PATIENCE);
    assertThat(status.upToDate()).as(status.toString()).isTrue();
    assertThat(house.gateHolds()).isTrue();
    assertThat(folder.resolve("files/current/fullchain.pem")).exists();
    assertThat(folder.resolve("state/agent.sock")).doesNotExist();
    Path set = folder.resolve("files/current").toRealPath();
    // The next time there is nothing to do but to report.
    long counter = house.lastReport(WEB).orElseThrow().counter();
    assertThat(once(PATIENCE).upToDate()).isTrue();
    assertThat(folder.resolve("files/current").toRealPath()).isEqualTo(set);
    assertThat(house.credentialsIssued()).isEqualTo(1);
    assertThat(house.lastReport(WEB).orElseThrow().counter()).isGreaterThan(counter);
    // New CRLs alone are reason enough for a new set.
    house.renewCrls();
    assertThat(once(PATIENCE).upToDate()).isTrue();
    assertThat(folder.resolve("files/current").toRealPath()).isNotEqualTo(set);
    assertThat(house.credentialsIssued()).isEqualTo(1);
  }

  private void withToken(EnrolmentToken token) throws Exception {
    EnrolmentTokenFile.write(folder.resolve("web-1.token"), token);
    Path file = folder.resolve("agent.yaml");
    Files.writeString(
        file,
        Files.readString(file).replace("  name: web-1", "  name: web-1\n  tokenFile: web-1.token"));
    config = AgentConfig.read(file);
  }

  @Test
  void aTokenLetsItInOnceAndIsOfNoUseAfterwards() throws Exception {
    EnrolmentToken token = EnrolmentToken.create();
    house.open(token, FakeHouse.membership(Role.PRESENTS_SERVER, Role.VERIFIES));
    withToken(token);
    assertThat(String.join("\n", DryRun.of(config).lines())).contains("would enrol 'web-1'");
    assertThat(once(PATIENCE).upToDate()).isTrue();
    Files.delete(folder.resolve("web-1.token"));
    assertThat(once(PATIENCE).upToDate()).isTrue();
    assertThat(String.join("\n", DryRun.of(config).lines())).doesNotContain("would enrol");
    // Another identity would have to come in anew.
    Files.delete(config.identityKey());
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("web-1.token");
  }

  @Test
  void aTokenThatIsNoGoodOrForSomethingElseIsSaid() throws Exception {
    EnrolmentToken token = EnrolmentToken.create();
    withToken(token);
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("not enrolled: no such token has signed that");
    house.open(token, FakeHouse.membership(Role.VERIFIES));
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("for something else than its outputs need");
    Files.setPosixFilePermissions(
        folder.resolve("web-1.token"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("web-1.token");
    assertThat(folder.resolve("state/enrolled")).doesNotExist();
  }

  @Test
  void onceThatDoesNotSucceedSaysWhy() throws Exception {
    AgentStatus status = once(Duration.ofMillis(1500));
    assertThat(status.upToDate()).isFalse();
    assertThat(new StatusText(status).lines())
        .anyMatch(line -> line.contains("problem") && line.contains("'web-1' is not enrolled"));
  }

  @Test
  void anUnknownAuthorityIsNamed() throws Exception {
    config = config("nope", "");
    AgentStatus status = once(Duration.ofMillis(1500));
    assertThat(status.upToDate()).isFalse();
    assertThat(status.authorities().getFirst().problem().orElseThrow())
        .contains("no authority 'nope'");
  }

  @Test
  void aDryRunWritesNothingAndAsksForNothing() throws Exception {
    List<String> before = everything();
    DryRun.Plan plan = DryRun.of(config);
    assertThat(everything()).isEqualTo(before);
    assertThat(house.credentialsIssued()).isZero();
    assertThat(String.join("\n", plan.lines()))
        .contains(
            "would make the identity key",
            "would put bundle 1 to work",
            "would ask for the x509 server credential of generation 1: there is none",
            "would write a new set into " + folder.resolve("files"));
    assertThat(plan.possible()).isFalse();
    enrol();
    once(PATIENCE);
    DryRun.Plan later = DryRun.of(config);
    assertThat(later.possible()).isTrue();
    assertThat(String.join("\n", later.lines()))
        .contains("bundle 1 is at work", "is good until")
        .doesNotContain("would");
    house.start();
    assertThat(String.join("\n", DryRun.of(config).lines())).contains("would put bundle 2");
  }

  @Test
  void whatIsOnDiskGoesOnWithoutTheHouse() throws Exception {
    enrol();
    once(PATIENCE);
    Path set = folder.resolve("files/current").toRealPath();
    fixture.close();
    try (Agent agent = Agent.start(config)) {
      await().until(() -> agent.status().authorities().getFirst().presents().size() == 1);
      AgentStatus.OfAuthority of = agent.status().authorities().getFirst();
      assertThat(of.upToDate()).isFalse();
      assertThat(of.trusts()).containsExactly(1);
      await()
          .until(() ->
              agent.status().authorities().getFirst().problem().orElse("").contains("reached"));
    }
    assertThat(folder.resolve("files/current").toRealPath()).isEqualTo(set);
  }

  @Test
  void itTellsItsStatusOverItsSocket() throws Exception {
    assertThatThrownBy(() -> StatusSocket.ask(config.state()))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("is it running");
    assertThatThrownBy(() -> StatusSocket.askUntilUpToDate(config.state(), Duration.ofMillis(10)))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("is it running");
    enrol();
    try (Agent _ = Agent.start(config)) {
      AgentStatus told = StatusSocket.askUntilUpToDate(config.state(), PATIENCE);
      assertThat(told.participant()).isEqualTo(WEB);
      assertThat(told.authorities().getFirst().outputs().getFirst().set()).contains("000001");
      assertThat(new StatusText(told).lines())
          .anyMatch(line -> line.contains("everything is up to date"))
          .anyMatch(line -> line.contains("presents   x509 server credential of generation 1"));
    }
  }

  private static String metrics(Agent agent, String path, int status) throws Exception {
    URI there =
        URI.create("http://127.0.0.1:%d%s".formatted(agent.metricsPort().orElseThrow(), path));
    try (var http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(there).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(status);
      return answer.body();
    }
  }

  @Test
  void itTellsItsMetricsWhereItIsAskedTo() throws Exception {
    config = config("db", "metrics: 127.0.0.1:0");
    enrol();
    try (Agent agent = Agent.start(config)) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      long end =
          agent.status().authorities().getFirst().presents().getFirst().notAfter().getEpochSecond();
      assertThat(metrics(agent, "/metrics", 200))
          .contains("carousel_agent_up_to_date{authority=\"db\"} 1\n")
          .contains("carousel_agent_trusted{authority=\"db\",generation=\"1\"} 1\n")
          .contains(
              "{authority=\"db\",format=\"x509\",profile=\"server\",generation=\"1\"} " + end);
      assertThat(metrics(agent, "/", 404)).contains("/metrics");
      int taken = agent.metricsPort().orElseThrow();
      config("db", "metrics: 127.0.0.1:" + taken);
      Path file = folder.resolve("agent.yaml");
      Files.writeString(file, Files.readString(file).replace("state: state", "state: other"));
      AgentConfig second = AgentConfig.read(file);
      assertThatThrownBy(() -> Agent.start(second))
          .isInstanceOf(AgentTrouble.class)
          .hasMessageContaining("choose another address");
    }
    try (Agent agent = Agent.start(config("db", ""))) {
      assertThat(agent.metricsPort()).isEmpty();
    }
  }

  @Test
  void twoAgentsDoNotShareAStateFolder() throws Exception {
    enrol();
    try (Agent _ = Agent.start(config)) {
      assertThatThrownBy(() -> Agent.start(config))
          .isInstanceOf(AgentTrouble.class)
          .hasMessageContaining("another agent works with the state folder");
    }
    Agent.start(config).close();
  }

  @Test
  void aSecretThatOthersCanReadIsRefusedAtStart() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("secret"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("others can read it")
        .hasMessageContaining("chmod 600");
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void aFolderThatCannotBeIsRefusedAtStart() throws Exception {
    Files.writeString(folder.resolve("files"), "a file");
    assertThatThrownBy(() -> Agent.start(config))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("is no folder");
  }

  @Test
  void aClockThatIsADayOffIsNamed() {
    assertThat(Agent.clockTrouble(Duration.ofDays(1)).orElseThrow())
        .contains("86400 s ahead of the house's");
    assertThat(Agent.clockTrouble(Duration.ofDays(-1)).orElseThrow()).contains("behind");
    assertThat(Agent.clockTrouble(Duration.ofSeconds(30))).isEmpty();
  }

  @Test
  void aBundleThatCannotBeReadAnyMoreStopsItsAuthorityByName() throws Exception {
    enrol();
    once(PATIENCE);
    Files.writeString(folder.resolve("state/db.bundle.json"), "{");
    AgentStatus status = once(Duration.ofMillis(1500));
    assertThat(status.upToDate()).isFalse();
    assertThat(status.authorities().getFirst().problem().orElseThrow())
        .contains("db.bundle.json cannot be read", "remove that file");
  }
}
