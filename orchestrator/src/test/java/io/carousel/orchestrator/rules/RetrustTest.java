package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.KeyStage;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.OperatorAct.RevokeCredentials;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.Seen;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Trust that is given back to a retired generation, and taken again. */
class RetrustTest {
  private final Scene s = Scene.standby().completed();

  private Retrust retrust() {
    return OriginActs.retrust(s.story, "user", 1);
  }

  private Distrust distrust(String... abandon) {
    return OriginActs.distrust(s.story, "user", 1, abandon);
  }

  private List<Integer> trusted() {
    return Bundles.of(s.user()).trusted().stream().map(TrustedKey::generation).distinct().toList();
  }

  @Test
  void aHeldGenerationIsTrustedOnceMore() {
    Authority before = s.user();
    var events = s.story.accept(retrust());
    assertThat(events).hasSize(3);
    assertThat(events.subList(1, 3))
        .allSatisfy(e -> assertThat(((KeyStageReached) e).stage()).isEqualTo(KeyStage.TRUSTED));
    assertThat(trusted()).containsExactly(1, 2);
    assertThat(s.user().bundle()).isEqualTo(before.bundle() + 1);
    assertThat(s.user().challenge()).isNotEqualTo(before.challenge());
    assertThat(s.user().seen()).isEqualTo(before.seen());
    assertThat(s.key(1, Scene.A).stage()).isEqualTo("trusted");
    assertThat(Bundles.of(s.user()).clientGeneration()).isEqualTo(2);
    var codec = new HouseCodec();
    assertThat(codec.read(codec.write(s.story.house()))).isEqualTo(s.story.house());
  }

  @Test
  void itsKeysAreNotDestroyedMeanwhile() {
    s.story.accept(retrust());
    s.story.now(s.story.now().plus(Duration.ofDays(30)));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.accept(new InspectSlot(Scene.A, "p-1"));
    assertThat(s.story.accept(s.story.slot(Scene.A).does(s.asked(InspectToken.class, Scene.A))))
        .hasSize(1);
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Ready.class);
  }

  @Test
  void itSignsItsCrlAndNothingElse() {
    var lived = Scene.standby();
    lived.fleet.keepsUp();
    var before = lived.fleet.issued().getLast();
    lived.completed();
    lived.story.accept(OriginActs.retrust(lived.story, "user", 1));
    var events =
        lived.story.accept(
            new RevokeCredentials(
                Scene.USER,
                List.of(before.serial()),
                Optional.empty(),
                RevocationReason.KEY_COMPROMISE,
                "stolen",
                "p-1"));
    assertThat(events).hasSize(2);
    lived.fleet.keepsUp();
    assertThat(lived.fleet.issued().getLast().generation()).isEqualTo(2);
  }

  @Test
  void trustEndsOnEvidenceAndTheHoldBeginsAnew() {
    s.story.accept(retrust());
    assertThat(s.story.refuse(distrust()).code()).isEqualTo("still-presented");
    s.story.now(s.story.now().plus(Duration.ofDays(3)));
    s.fleet.keepsUp();
    var events = s.story.accept(distrust());
    assertThat(events).hasSize(5);
    assertThat(((GenerationDistrusted) events.getFirst()).evidence().required()).isEqualTo(3);
    assertThat(trusted()).containsExactly(2);
    assertThat(KeyEnds.holdEnd(s.key(1, Scene.A))).contains(s.story.now().plus(Duration.ofDays(7)));
    s.story.now(s.story.now().plus(Duration.ofDays(7)));
    OriginActs.passTime(s.story);
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Destroyed.class);
  }

  @Test
  void whoHoldsACredentialOfItHoldsItsTrust() {
    var lived = Scene.standby();
    lived.fleet.keepsUp();
    var client = lived.fleet.member("client");
    var old = client.presents();
    lived.completed();
    lived.story.accept(OriginActs.retrust(lived.story, "user", 1));
    lived.fleet.keepsUp();
    // It has taken its old credential up again, which is not over.
    client.takesUp(old);
    client.reports();
    Refusal refusal = lived.story.refuse(OriginActs.distrust(lived.story, "user", 1));
    assertThat(refusal.code()).isEqualTo("still-presented");
    assertThat(refusal.message()).contains("client");
    assertThat(lived.story.refuse(OriginActs.distrust(lived.story, "user", 1, "stranger")).code())
        .isEqualTo("not-in-gate");
    var events = lived.story.accept(OriginActs.breaking(lived.story, "user", 1, "client"));
    assertThat(((GenerationDistrusted) events.getFirst()).evidence().abandoned())
        .containsExactly(new ParticipantName("client"));
  }

  @Test
  void itStandsBesideARotationAndAfterIt() {
    s.story.accept(retrust());
    assertThat(s.trusted().user().phase().name()).isEqualTo(PhaseName.INIT);
    assertThat(trusted()).containsExactly(1, 2, 3);
    s.passed();
    s.passed();
    assertThat(trusted()).containsExactly(1, 2, 3);
    s.passed();
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(3));
    assertThat(trusted()).containsExactly(1, 3);
    // The other one is held, and may be trusted once more beside it.
    s.story.accept(OriginActs.retrust(s.story, "user", 2));
    assertThat(trusted()).containsExactly(1, 2, 3);
    s.fleet.keepsUp();
    s.story.accept(distrust());
    assertThat(trusted()).containsExactly(2, 3);
  }

  @Test
  void itMayBeginAndEndWithinARotation() {
    s.updatingClients();
    s.story.accept(retrust());
    assertThat(trusted()).containsExactly(1, 2, 3);
    // What was shown before speaks of another bundle.
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("gate-closed");
    s.fleet.keepsUp();
    s.story.accept(distrust());
    assertThat(trusted()).containsExactly(2, 3);
    s.passed();
    assertThat(s.user().phase().name()).isEqualTo(PhaseName.UPDATE_SERVERS);
  }

  @Test
  void aGenerationThatWasRolledBackMayBeTrustedToo() {
    var turned = Scene.standby().updatingServers().turned();
    turned.passed();
    turned.story.accept(OriginActs.retrust(turned.story, "user", 2));
    assertThat(turned.user().trusted()).containsExactly(1, 2);
  }

  @Test
  void whatIsTrustedIsNotTrustedOnceMore() {
    s.story.accept(retrust());
    assertThat(s.story.refuse(retrust()).code()).isEqualTo("cannot-retrust");
    assertThat(s.story.refuse(OriginActs.retrust(s.story, "user", 2)).code())
        .isEqualTo("cannot-retrust");
    assertThat(s.story.refuse(OriginActs.retrust(s.story, "user", 9)).code())
        .isEqualTo("unknown-generation");
  }

  @Test
  void whatIsDestroyedOrAboutToBeIsNot() {
    s.story.now(s.story.now().plus(Duration.ofDays(7)));
    s.story.accept(new Act.TimePassed());
    s.story.accept(s.story.slot(Scene.A).does(s.asked(InspectToken.class, Scene.A)));
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Doomed.class);
    assertThat(s.story.refuse(retrust()).message()).contains("destroyed, or about to be");
    s.story.settle();
    assertThat(s.story.refuse(retrust()).code()).isEqualTo("cannot-retrust");
  }

  @Test
  void anEndedCertificateIsNot() {
    var never =
        Scene.standby(
                new io.carousel.events.Policy(
                    Duration.ofHours(1),
                    Duration.ofDays(365),
                    Duration.ofMinutes(1),
                    Optional.empty()))
            .completed();
    never.story.now(never.story.now().plus(Duration.ofDays(366)));
    assertThat(never.story.refuse(OriginActs.retrust(never.story, "user", 1)).message())
        .contains("ended at");
  }

  @Test
  void reasonsAreAskedForAndStaleActsRefused() {
    Seen now = s.user().seen();
    assertThat(s.story.refuse(new Retrust(Scene.USER, now, 1, " ", "p-1")).code())
        .isEqualTo("reason-missing");
    Seen stale = new Seen(now.rotation(), PhaseName.INIT, 1);
    assertThat(s.story.refuse(new Retrust(Scene.USER, stale, 1, "why", "p-1")).code())
        .isEqualTo("moved-on");
    assertThat(s.story.refuse(distrust()).code()).isEqualTo("not-retrusted");
    s.story.accept(retrust());
    s.fleet.keepsUp();
    assertThat(
            s.story
                .refuse(new Distrust(Scene.USER, now, 1, List.of(), false, false, "", "p-1"))
                .code())
        .isEqualTo("reason-missing");
    assertThat(
            s.story
                .refuse(new Distrust(Scene.USER, now, 1, List.of(), false, true, "why", "p-1"))
                .code())
        .isEqualTo("nothing-elsewhere");
    assertThat(
            s.story
                .refuse(new Distrust(Scene.USER, now, 1, List.of(), true, false, "why", "p-1"))
                .code())
        .isEqualTo("fleet-not-empty");
  }

  @Test
  void anEmptyFleetIsSaidToBeEmpty() {
    var empty = Scene.empty();
    OriginActs.rotate(empty.story, "user", empty.fleet, false);
    empty.story.accept(OriginActs.retrust(empty.story, "user", 1));
    Seen now = empty.user().seen();
    var silent = new Distrust(Scene.USER, now, 1, List.of(), false, false, "why", "p-1");
    assertThat(empty.story.refuse(silent).code()).isEqualTo("nobody-presents");
    empty.story.accept(OriginActs.distrust(empty.story, "user", 1));
    empty.fleet.enrol("late", Role.VERIFIES);
  }
}
