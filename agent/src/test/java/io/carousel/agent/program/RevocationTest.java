package io.carousel.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.Habits;
import io.carousel.agent.Identity;
import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.http.HouseFixture;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.Serial;
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

/** A credential that its authority has revoked is presented to nobody as good. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RevocationTest {
  private static final ParticipantName WEB = new ParticipantName("web-1");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int KEY_COMPROMISE = 1;
  private static final int SUPERSEDED = 4;

  @TempDir Path folder;
  private final FakeHouse house = new FakeHouse();
  private HouseFixture fixture;

  @BeforeEach
  void start() throws Exception {
    fixture = new HouseFixture(house);
    HouseFixture.secretFile(folder, HouseFixture.SECRET);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Agent agent(String roles, Role... enrolled) throws Exception {
    AgentConfig config =
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
                    roles: [%s]
                    folder: files
                """
                    .formatted(fixture.base(), roles)));
    house.enrol(Identity.readOrCreate(WEB, config.identityKey()), FakeHouse.membership(enrolled));
    return Agent.start(
        config,
        new Habits(
            Duration.ofMillis(200),
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofMillis(5),
            InstantSource.system(),
            new Random(1)));
  }

  private Agent agent() throws Exception {
    return agent("presents-server, verifies", Role.PRESENTS_SERVER, Role.VERIFIES);
  }

  private Report report() {
    return house.lastReport(WEB).orElseThrow();
  }

  private static Serial presented(Agent agent) {
    return agent.status().authorities().getFirst().presents().getFirst().serial();
  }

  private static String text(Agent agent) {
    return String.join("\n", new StatusText(agent.status()).lines());
  }

  /** Whoever only presents has no CRL in its files, and looks all the same. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void supersededCredentialIsReplacedAtOnceByOneOfNewKey(boolean verifies) throws Exception {
    try (Agent agent = verifies ? agent() : agent("presents-server", Role.PRESENTS_SERVER)) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      Serial old = presented(agent);
      byte[] key = Files.readAllBytes(folder.resolve("files/current/key.pem"));
      house.revoke(old, SUPERSEDED);
      await().atMost(PATIENCE).until(() -> !presented(agent).equals(old));
      await().atMost(PATIENCE).until(() -> agent.status().upToDate() && house.gateHolds());
      assertThat(Files.readAllBytes(folder.resolve("files/current/key.pem"))).isNotEqualTo(key);
      assertThat(report().presents()).extracting(Report.Presented::serial).doesNotContain(old);
      assertThat(report().trouble()).isEmpty();
      assertThat(house.credentialsIssued()).isEqualTo(2);
    }
  }

  @Test
  void compromisedCredentialIsReportedAsRevokedUntilAnotherIsIssued() throws Exception {
    try (Agent agent = agent()) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      Serial old = presented(agent);
      house.revoke(old, KEY_COMPROMISE);
      await().atMost(PATIENCE).until(() -> report().presents().isEmpty());
      assertThat(house.gateHolds()).isFalse();
      await().atMost(PATIENCE).until(() -> report().trouble().orElse("").contains("withheld"));
      assertThat(report().trouble().orElseThrow())
          .contains("credential " + old + " is revoked since ", "(key-compromise)");
      assertThat(text(agent))
          .contains("not everything is up to date", "REVOKED: credential " + old)
          .contains("credentials are withheld from it");
      // The service has nothing better, and is not torn down.
      assertThat(folder.resolve("files/current/key.pem")).exists();
      house.readmit();
      await().atMost(PATIENCE).until(() -> agent.status().upToDate() && house.gateHolds());
      assertThat(presented(agent)).isNotEqualTo(old);
    }
  }

  @Test
  void revocationWhileItSleptIsSeenAtItsStart() throws Exception {
    Serial old;
    try (Agent agent = agent()) {
      assertThat(agent.awaitUpToDate(PATIENCE).upToDate()).isTrue();
      old = presented(agent);
    }
    long counter = report().counter();
    house.revoke(old, KEY_COMPROMISE);
    try (Agent agent = agent()) {
      await().atMost(PATIENCE).until(() -> report().counter() > counter);
      assertThat(report().presents()).isEmpty();
      assertThat(report().trouble().orElseThrow()).contains("is revoked");
      assertThat(agent.status().upToDate()).isFalse();
    }
  }
}
