package io.carousel.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.disk.SmallDisk;
import io.carousel.agent.http.HouseFixture;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An agent answers for what is on disk now, not for what it once wrote. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReadBackTest {
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
    Files.createDirectory(folder.resolve("files"));
    config =
        AgentConfig.read(
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
                  - authority: db
                    roles: [presents-server, verifies]
                    folder: files
                    reload:
                      command: [sh, -c, "echo $CAROUSEL_SET >> %s/reloads"]
                """
                    .formatted(fixture.base(), folder)));
    house.enrol(
        Identity.readOrCreate(WEB, config.identityKey()),
        FakeHouse.membership(Role.PRESENTS_SERVER, Role.VERIFIES));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  /** Reports as often as that; else as agents do. */
  private Agent agent(Duration heartbeat) throws Exception {
    return Agent.start(
        config,
        new Habits(
            heartbeat,
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(5),
            InstantSource.system(),
            new Random(1)));
  }

  private void run(String script) throws Exception {
    Process process =
        new ProcessBuilder("/bin/sh", "-ec", script)
            .directory(folder.resolve("files").toFile())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).as(script).isZero();
  }

  private Report report() {
    return house.lastReport(WEB).orElseThrow();
  }

  private static boolean isUpToDate(Agent agent) {
    return agent.status().upToDate();
  }

  private static String text(Agent agent) {
    return String.join("\n", new StatusText(agent.status()).lines());
  }

  @Test
  void statusSaysSoBeforeTheNextReport() throws Exception {
    try (Agent agent = agent(Duration.ofMinutes(10))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      run("rm sets/000001/key.pem");
      assertThat(text(agent)).contains("not everything is up to date", "key.pem is gone");
      assertThat(Metrics.of(agent.status()))
          .contains("carousel_agent_up_to_date{authority=\"db\"} 0");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -r sets/*",
        "rm sets/000001/key.pem",
        "rm current",
        "rm current; ln -s nowhere current",
        "rm -r \"$PWD\"",
        "echo x >> sets/000001/crls.pem"
      })
  void damageIsMendedWithTheSameKeyAndReloaded(String damage) throws Exception {
    try (Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      byte[] key = Files.readAllBytes(folder.resolve("files/current/key.pem"));
      run(damage);
      // Whether it is told before it is mended is a matter of moments; the reload shows both.
      await()
          .atMost(PATIENCE)
          .until(
              () -> Files.readAllLines(folder.resolve("reloads")).size() == 2 && isUpToDate(agent));
      assertThat(folder.resolve("files/current/key.pem")).hasBinaryContent(key);
      assertThat(house.credentialsIssued()).isEqualTo(1);
      await().atMost(PATIENCE).until(() -> house.gateHolds());
    }
  }

  @Test
  void damageThatCannotBeMendedIsReportedAndCountsForNoGate() throws Exception {
    try (SmallDisk disk = SmallDisk.over(folder.resolve("files"), 256);
        Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      assertThat(house.gateHolds()).isTrue();
      run("rm sets/000001/key.pem");
      disk.readOnly();
      await().atMost(PATIENCE).until(() -> report().bundle() == 0 && !house.gateHolds());
      assertThat(report().trouble().orElseThrow()).contains("key.pem is gone", "Read-only");
      assertThat(report().trusts()).isEmpty();
      assertThat(report().presents()).isEmpty();
      assertThat(text(agent)).contains("problem", "key.pem is gone");
      disk.writable();
      await().atMost(PATIENCE).until(() -> isUpToDate(agent) && house.gateHolds());
      assertThat(report().trouble()).isEmpty();
      assertThat(house.credentialsIssued()).isEqualTo(1);
    }
  }

  @Test
  void fullDiskWhileMendingIsReported() throws Exception {
    try (SmallDisk _ = SmallDisk.over(folder.resolve("files"), 80);
        Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      Path ballast = folder.resolve("files/ballast");
      try {
        Files.write(ballast, new byte[200_000]);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("No space left");
      }
      run("chmod 644 sets/000001/key.pem");
      await().atMost(PATIENCE).until(() -> report().bundle() == 0);
      assertThat(report().trouble().orElseThrow()).contains("has mode", "No space left");
      Files.delete(ballast);
      await().atMost(PATIENCE).until(() -> isUpToDate(agent) && house.gateHolds());
    }
  }

  /** It could not be set up from the start: the house hears why, and not nothing. */
  @Test
  void whatNeverCameToWorkIsReported() throws Exception {
    Files.createDirectories(folder.resolve("files/current/mine"));
    try (Agent agent = agent(Duration.ofMillis(200))) {
      await().atMost(PATIENCE).until(() -> house.lastReport(WEB).isPresent());
      assertThat(report().trouble().orElseThrow()).contains("current", "move it");
      assertThat(report().bundle()).isZero();
      assertThat(isUpToDate(agent)).isFalse();
      run("rm -r current");
      await().atMost(PATIENCE).until(() -> isUpToDate(agent) && house.gateHolds());
    }
  }

  /** Nobody knows then which bundle was the newest, and the house hears that. */
  @Test
  void memoryThatCannotBeReadIsReported() throws Exception {
    try (Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
    }
    Files.writeString(folder.resolve("state/db.bundle.json"), "{");
    try (Agent agent = agent(Duration.ofMillis(200))) {
      await().atMost(PATIENCE).until(() -> report().bundle() == 0 && !house.gateHolds());
      assertThat(report().trouble().orElseThrow()).contains("db.bundle.json cannot be read");
      Files.delete(folder.resolve("state/db.bundle.json"));
      await().atMost(PATIENCE).until(() -> isUpToDate(agent) && house.gateHolds());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rm -r sets/*", "rm sets/000001/key.pem", "rm -r sets current confirmed"})
  void keyThatIsGoneAtStartIsReplaced(String damage) throws Exception {
    try (Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
    }
    run(damage);
    // As --once does.
    try (Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).as(text(agent)).isTrue();
    }
    assertThat(house.credentialsIssued()).isEqualTo(2);
    assertThat(house.gateHolds()).isTrue();
    assertThat(folder.resolve("files/current/key.pem")).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm ../state/*",
        "rm -r ../state",
        "echo x > ../state/identity.key",
        "rm ../state/db.bundle.json",
        "echo 1 > ../state/report-counter",
        "chmod 644 ../state/identity.key",
        "rm ../state/lock",
        "rm ../state/agent.sock"
      })
  void whatItRemembersIsPutBack(String damage) throws Exception {
    try (Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      byte[] identity = Files.readAllBytes(config.identityKey());
      run(damage);
      long counter = report().counter();
      await().atMost(PATIENCE).until(() -> report().counter() > counter);
      long later = report().counter();
      await().atMost(PATIENCE).until(() -> report().counter() > later);
      assertThat(config.identityKey()).hasBinaryContent(identity);
      assertThat(folder.resolve("state/db.bundle.json")).exists();
      await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("state/agent.sock")));
      assertThat(StatusSocket.ask(config.state()).participant()).isEqualTo(WEB);
      assertThat(StatusSocket.ask(config.state()).upToDate()).isTrue();
    }
    try (Agent agent = agent(Duration.ofMillis(200))) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).as(text(agent)).isTrue();
    }
    assertThat(house.credentialsIssued()).isEqualTo(1);
  }
}
