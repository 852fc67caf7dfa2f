package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.FleetHealth.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom an operator must look at is told in every phase. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD)
class FleetHealthTest {
  private static final ParticipantName SERVER = new ParticipantName("server");

  @Test
  void nobodyNeedsAttentionWhereAllFollow() {
    Scene s = Scene.standby();
    for (int phase = 0; phase < 4; phase++) {
      s.fleet.keepsUp();
      assertThat(health(s).attention()).as("%s", s.user().phase()).isEmpty();
      assertThat(health(s).broken()).isEmpty();
      if (phase == 0) {
        s.trusted();
      } else {
        s.story.accept(s.advance());
      }
    }
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
  }

  /** No phase of an undisturbed rotation breaks anybody for a moment, however late reports come. */
  @Test
  void nobodyIsCalledBrokenWhileReportsComeOneByOne() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.trusted();
    for (int phase = 0; phase < 3; phase++) {
      for (FakeFleet.Member member : s.fleet.members()) {
        member.keepsUp();
        assertThat(health(s).of(Kind.BROKEN)).isEmpty();
      }
      s.story.accept(s.advance());
      assertThat(health(s).of(Kind.BROKEN)).isEmpty();
    }
  }

  @Test
  void revokedIsToldInEveryPhaseByGateAndHealth() {
    for (int phase = 0; phase < 4; phase++) {
      Scene s = at(phase);
      s.fleet.keepsUp();
      s.story.accept(revoke(s, RevocationReason.KEY_COMPROMISE));
      s.fleet.member("server").reports();
      FleetHealth health = health(s);
      assertThat(health.of(Kind.REVOKED)).containsExactly(SERVER);
      assertThat(health.of(Kind.WITHHELD)).containsExactly(SERVER);
      assertThat(health.attention().getFirst().why())
          .contains(s.fleet.member("server").presents().getFirst().serial().value())
          .contains("key-compromise");
      if (phase > 0) {
        Gate gate = Gate.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
        assertThat(gate.lacking(Set.of()))
            .anySatisfy(a -> {
              assertThat(a.about()).isEqualTo(SERVER);
              assertThat(a.lacking().orElseThrow().reason()).isEqualTo(Gate.Reason.REVOKED);
            });
        assertThat(s.story.refuse(s.advance()).code()).isEqualTo("gate-closed");
      }
    }
  }

  @Test
  void replacedIsOver() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.story.accept(revoke(s, RevocationReason.SUPERSEDED));
    assertThat(health(s).of(Kind.REVOKED)).containsExactly(SERVER);
    s.fleet.keepsUp();
    assertThat(health(s).attention()).isEmpty();
  }

  /** It is known to have presented it until it runs out, whether or not its agent still speaks. */
  @Test
  void silentOneStillPresentsWhatIsRevokedUntilItRunsOut() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.story.accept(revoke(s, RevocationReason.SUPERSEDED));
    s.story.now(s.story.now().plus(Scene.POLICY.lease()).plusSeconds(1));
    assertThat(health(s).of(Kind.REVOKED)).containsExactly(SERVER);
    assertThat(health(s).of(Kind.SILENT)).contains(SERVER);
    s.story.now(s.story.now().plus(Scene.POLICY.leafLifetime()));
    assertThat(health(s).of(Kind.REVOKED)).isEmpty();
  }

  @Test
  void silentNeverHeardFailingAndBehindAreToldInStandby() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.story.now(s.story.now().plus(Scene.POLICY.lease()).plusSeconds(1));
    s.fleet.member("client").keepsUp();
    Shown last = s.fleet.member("client").report();
    s.fleet
        .member("client")
        .report(
            new Shown(
                last.counter() + 1,
                last.bundle(),
                last.challenge(),
                last.trusts(),
                last.presents(),
                List.of(),
                Optional.of("nginx refused set 12"),
                Optional.empty(),
                s.story.now()));
    s.fleet.enrol("late", io.carousel.events.Role.VERIFIES);
    assertThat(health(s).of(Kind.SILENT)).extracting(Object::toString).contains("peer", "server");
    assertThat(health(s).of(Kind.FAILING)).extracting(Object::toString).containsExactly("client");
    assertThat(health(s).of(Kind.NOT_REPORTED))
        .extracting(Object::toString)
        .containsExactly("late");
    assertThat(health(s).attention())
        .filteredOn(a -> a.kind() == Kind.SILENT)
        .allSatisfy(a -> assertThat(a.since()).contains(Scene.START));
    s.fleet.keepsUp();
    s.trusted();
    assertThat(health(s).of(Kind.BEHIND)).contains(SERVER);
  }

  @Test
  void whoWasBrokenByNameIsToldOnBothSidesUntilItIsOver() {
    Scene s = Scene.standby();
    s.fleet.keepsUp();
    s.trusted();
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.story.accept(s.abandoning("we cannot wait", "server"));
    s.fleet.member("client").keepsUp();
    assertThat(health(s).of(Kind.BROKEN)).containsExactly(SERVER);
    assertThat(health(s).broken())
        .anySatisfy(b -> {
          assertThat(b.presenters()).extracting(Object::toString).containsExactly("client");
          assertThat(b.verifiers()).containsExactly(SERVER);
          assertThat(b.generation()).isEqualTo(2);
        });
    s.fleet.member("server").keepsUp();
    assertThat(health(s).of(Kind.BROKEN)).isEmpty();
    assertThat(health(s).broken()).isEmpty();
  }

  @Test
  void presenterOfWhatIsTrustedNoMoreIsToldAtOnce() {
    Scene s = Scene.standby().updatingServers();
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.fleet.member("server").follows();
    s.fleet.member("server").reports();
    s.story.accept(
        new Advance(
            Scene.USER,
            s.user().seen(),
            List.of(SERVER),
            false,
            "we cannot wait",
            "p-1",
            false,
            List.of(SERVER)));
    // Before any verifier has said that it let go.
    assertThat(health(s).of(Kind.BROKEN)).containsExactly(SERVER);
    s.fleet.member("client").keepsUp();
    s.fleet.member("peer").keepsUp();
    assertThat(
            health(s).broken().stream()
                .flatMap(b -> b.verifiers().stream())
                .map(Object::toString)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("client", "peer");
    s.fleet.member("server").keepsUp();
    assertThat(health(s).of(Kind.BROKEN)).isEmpty();
  }

  private static Scene at(int phase) {
    return switch (phase) {
      case 0 -> Scene.standby();
      case 1 -> Scene.standby().trusted();
      case 2 -> Scene.standby().updatingClients();
      default -> Scene.standby().updatingServers();
    };
  }

  private static RevokeCredentials revoke(Scene s, RevocationReason cause) {
    return new RevokeCredentials(
        Scene.USER, List.of(), Optional.of(SERVER), cause, "why", "p-1", s.fleet.breaking(SERVER));
  }

  private static FleetHealth health(Scene s) {
    return FleetHealth.of(s.story.house(), s.user(), s.fleet.evidence(), s.story.now());
  }
}
