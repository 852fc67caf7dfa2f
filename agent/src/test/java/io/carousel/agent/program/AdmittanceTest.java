package io.carousel.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.agent.FakeHouse;
import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.agent.Identity;
import io.carousel.agent.config.AgentConfig;
import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Role;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.EnrolmentTokenFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent's first start where the house is busy, or the machine dies in between. */
class AdmittanceTest {
  @TempDir Path folder;
  private final FakeHouse house = new FakeHouse();
  private final EnrolmentToken token = EnrolmentToken.create();
  private final Identity identity = Identity.create(new ParticipantName("web-1"));
  private AgentConfig config;

  /** Sends callers away for those times first. */
  private record Busy(House house, Deque<Duration> pauses) implements House {
    @Override
    public HouseId id() throws HouseException, InterruptedException {
      return house.id();
    }

    @Override
    public Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
        throws HouseException, InterruptedException {
      return house.bundle(authority, newerThan, wait);
    }

    @Override
    public Credential request(CredentialRequest request)
        throws HouseException, InterruptedException {
      return house.request(request);
    }

    @Override
    public void report(Report report) throws HouseException, InterruptedException {
      house.report(report);
    }

    @Override
    public Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException {
      if (!pauses.isEmpty()) {
        throw new HouseException.Unavailable("the house is busy", pauses.poll());
      }
      return house.enrol(request);
    }
  }

  private Busy busy(Duration... pauses) {
    return new Busy(house, new ArrayDeque<>(List.of(pauses)));
  }

  @BeforeEach
  void start() throws Exception {
    house.open(token, FakeHouse.membership(Role.PRESENTS_SERVER, Role.VERIFIES));
    EnrolmentTokenFile.write(folder.resolve("web-1.token"), token);
    Files.createDirectory(folder.resolve("state"));
    config =
        AgentConfig.read(
            Files.writeString(
                folder.resolve("agent.yaml"),
                """
                house:
                  url: http://127.0.0.1:1
                  secretFile: secret
                participant:
                  name: web-1
                  tokenFile: web-1.token
                state: state
                outputs:
                  - authority: db
                    roles: [presents-server, verifies]
                    folder: files
                """));
  }

  @Test
  void aBusyHouseIsAskedAgainAfterAWhile() throws Exception {
    Admittance.unlessDone(config, identity, busy(Duration.ZERO, Duration.ofMillis(1)));
    assertThat(Admittance.isDue(config)).isFalse();
  }

  @Test
  void aStartDoesNotHangForAsLongAsTheHouseLikes() {
    assertThatThrownBy(() -> Admittance.unlessDone(config, identity, busy(Duration.ofMinutes(10))))
        .isInstanceOf(AgentTrouble.class)
        .hasMessage("not enrolled yet: the house is busy");
    assertThat(Admittance.isDue(config)).isTrue();
  }

  @Test
  void aTokenThatIsSpoiltKeepsNobodyOutWhoIsIn() throws Exception {
    AgentConfig away =
        AgentConfig.read(
            Files.writeString(
                folder.resolve("away.yaml"),
                Files.readString(folder.resolve("agent.yaml"))
                    .replace("http:", "https:")
                    .replace("  secretFile: secret\n", "")));
    Files.writeString(folder.resolve("web-1.token"), "spoilt");
    assertThatThrownBy(() -> HouseLine.of(away))
        .isInstanceOf(AgentTrouble.class)
        .hasMessageContaining("is no enrolment token");
    Files.createFile(folder.resolve("state/enrolled"));
    try (HouseLine line = HouseLine.of(away)) {
      assertThat(line.credential()).isPresent();
    }
  }

  @Test
  void whoDiedBeforeItCouldRememberAsksOnceMore() throws Exception {
    Admittance.unlessDone(config, identity, house);
    Files.delete(folder.resolve("state/enrolled"));
    Admittance.unlessDone(config, identity, house);
    assertThat(Admittance.isDue(config)).isFalse();
  }
}
