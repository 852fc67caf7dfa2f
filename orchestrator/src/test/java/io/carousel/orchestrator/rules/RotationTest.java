package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.SlotInspectionRequested;
import io.carousel.events.KeyStage;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.Policy;
import io.carousel.events.RotationId;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.Suite;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rotations as operators live through them: there, back, two at once, and what stays behind. */
class RotationTest {

  @Test
  void twoOperatorsWhoPressAdvanceMoveOnePhase() {
    Scene s = Scene.standby().trusted();
    s.fleet.keepsUp();
    Advance one = s.advance();
    Advance two = s.advance();
    s.story.accept(one);
    assertThat(s.story.refuse(two).code()).isEqualTo("moved-on");
    assertThat(s.user().phase()).isInstanceOf(Phase.UpdateClients.class);
  }

  @Test
  void twoOperatorsWhoPressStartStartOneRotation() {
    Scene s = Scene.standby();
    StartRotation one = s.start();
    StartRotation two = s.start();
    s.story.accept(one);
    assertThat(s.story.refuse(two).code()).isEqualTo("rotation-underway");
    s.story.settle();
    s.passed().passed().passed();
    assertThat(s.story.refuse(two).code()).isEqualTo("moved-on");
  }

  @Test
  void aStaleRollbackDoesNotTurnTheNextRotation() {
    Scene s = Scene.standby().trusted();
    RollBack stale = s.rollBack();
    s.passed();
    assertThat(s.story.refuse(stale).code()).isEqualTo("moved-on");
    s.passed().passed();
    assertThat(s.story.refuse(stale).code()).isEqualTo("moved-on");
    s.trusted();
    assertThat(s.story.refuse(stale).code()).isEqualTo("moved-on");
  }

  @Test
  void rollbackLeadsBackToStandbyFromEveryPhase() {
    for (Scene s :
        List.of(
            Scene.standby().started(),
            Scene.standby().started().keyOfSlotA(),
            Scene.standby().trusted(),
            Scene.standby().updatingClients(),
            Scene.standby().updatingServers())) {
      s.turned();
      assertThat(s.user().phase().clientGeneration()).isEqualTo(1);
      assertThat(s.user().phase().serverGeneration()).isEqualTo(1);
      s.passed();
      assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
      assertThat(s.user().generation(1).living())
          .allMatch(k -> k.made().stage().equals(Optional.of(KeyStage.SIGNING)));
      assertThat(s.user().generation(2).living())
          .allMatch(k -> k.made().stage().equals(Optional.of(KeyStage.HELD)));
      assertThat(s.story.house().outbox()).isEmpty();
      assertThat(Bundles.of(s.user()).trusted()).allMatch(ca -> ca.generation() == 1);
      s.completed();
      assertThat(s.user().phase()).isEqualTo(new Phase.Standby(3));
    }
  }

  @Test
  void rollbackKeepsBothTrustedUntilItsGate() {
    Scene s = Scene.standby().updatingServers().turned();
    assertThat(s.user().phase().trusted()).containsExactly(1, 2);
  }

  /** {@link Story#refuse} sees to it that nothing changed. */
  @Test
  void whatCannotBeDoneNowSaysWhyAndWhatToDo() {
    Scene s = Scene.standby();
    assertThat(s.story.refuse(s.rollBack()).message())
        .isEqualTo(
            "no rotation of authority 'user' is under way; start one with 'carousel rotation start user'");
    Advance stale = s.advance();
    s.trusted();
    assertThat(s.story.refuse(stale).message())
        .startsWith("authority 'user' has moved on: you saw standby (event ")
        .contains("it is in init of rotation ")
        .endsWith("look again with 'carousel rotation status user'");
    assertThat(s.story.refuse(s.advance()).message())
        .contains("cannot leave init: ")
        .contains("client ", "server ", "peer ")
        .endsWith(
            "wait for them and see that their agents run; a host that does not come back is left behind with --abandon NAME");
    var nowhere = new RollBack(new AuthorityName("nobody"), s.user().seen(), "why", "p-1");
    assertThat(s.story.refuse(nowhere).message())
        .isEqualTo("there is no authority 'nobody'; see 'carousel authority list'");
  }

  @Test
  void rollbackNeedsAReason() {
    Scene s = Scene.standby().trusted();
    var silent = new RollBack(Scene.USER, s.user().seen(), " ", "p-1");
    assertThat(s.story.refuse(silent).code()).isEqualTo("reason-missing");
  }

  @Test
  void keysThatWereStillWantedAtARollbackAreDestroyedWhenTheyCome() {
    Scene s = Scene.standby().started();
    var forA = s.asked(GenerateKey.class, Scene.A);
    var forB = s.asked(GenerateKey.class, Scene.B);
    var made = s.story.slot(Scene.A).does(forA);
    s.turned();
    // It comes while the rollback is under way: adopted, to be retired with its generation.
    s.story.accept(made);
    var certification = s.asked(SignCaCertificate.class, Scene.A);
    s.passed();
    assertThat(s.story.house().outbox()).isEmpty();
    assertThat(s.key(2, Scene.A)).isInstanceOf(Key.Adopted.class);
    assertThat(s.key(2, Scene.B)).isInstanceOf(Key.Withdrawn.class);
    assertThat(s.story.accept(s.story.slot(Scene.A).signs(certification)))
        .hasOnlyElementsOfType(AnswerRepeated.class);
    List<Event> late = s.story.accept(s.story.slot(Scene.B).does(forB));
    assertThat(late.get(1)).isInstanceOf(SurplusKeyFound.class);
    s.story.settle();
    assertThat(s.story.slot(Scene.B).keys()).hasSize(1);
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(s.story.slot(Scene.A).keys()).hasSize(1);
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Ready.class);
  }

  @Test
  void theOldGenerationMustOutliveOneCredentialToTakeOverAgain() {
    var policy =
        new Policy(
            Duration.ofHours(1), Duration.ofDays(2), Duration.ZERO, Optional.of(Duration.ZERO));
    Scene s = Scene.standby(policy).updatingClients();
    Instant end = Proofs.end(((Key.Ready) s.key(1, Scene.A)).certificate().orElseThrow());
    s.story.now(end.minus(policy.leafLifetime()).plusMillis(1));
    assertThat(s.story.refuse(s.rollBack())).isInstanceOf(Refusal.CannotReturn.class);
    Scene early = Scene.standby(policy).updatingClients();
    early.story.now(end.minus(policy.leafLifetime()));
    early.story.accept(early.rollBack());
  }

  @Test
  void aRotationMayChangeTheSuiteAndARollbackKeepsTheOld() {
    Scene s = Scene.standby();
    var start =
        new StartRotation(
            Scene.USER, s.user().seen(), FormatSuite.x509(Suite.ED25519), "stronger", "p-1");
    s.story.accept(start);
    s.story.settle();
    assertThat(s.user().generation(2).suite(Format.X509)).isEqualTo(Suite.ED25519);
    s.turned().passed();
    assertThat(s.user().formats()).isEqualTo(FormatSuite.x509(Suite.ECDSA_P256));
    s.completed();
    assertThat(s.user().generation(3).suite(Format.X509)).isEqualTo(Suite.ECDSA_P256);
  }

  @Test
  void twoAuthoritiesRotateAtOnce() {
    Scene s = Scene.standby().trusted();
    var db = new AuthorityName("db");
    s.story.accept(
        new CreateAuthority(
            db, FormatSuite.x509(Suite.ED25519), List.of(Scene.B), Scene.POLICY, "p-1"));
    s.story.settle();
    s.story.accept(new StartRotation(db, s.story.authority("db").seen(), List.of(), "", "p-1"));
    s.story.settle();
    s.passed();
    Authority before = s.user();
    s.story.accept(new Advance(db, s.story.authority("db").seen(), List.of(), true, "", "p-1"));
    assertThat(s.user()).isEqualTo(before);
    assertThat(s.story.authority("db").phase().underway()).contains(new RotationId("db/1"));
    s.passed().passed();
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(2));
    assertThat(s.story.authority("db").phase()).isInstanceOf(Phase.UpdateClients.class);
  }

  @Test
  void timeNeverGoesBack() {
    Scene s = Scene.standby();
    Instant then = s.story.house().clock();
    s.story.now(then.minus(Duration.ofDays(400)));
    s.completed();
    s.story.now(Instant.EPOCH);
    s.story.accept(new RegisterSlot(new SlotName("hsm-d"), "/opt/hsm.so", "none", "p-1"));
    assertThat(s.story.log()).extracting(r -> r.event().at()).isSorted();
    assertThat(s.story.house().clock()).isEqualTo(then);
  }

  @Test
  void keysAreDestroyedAfterTheirHoldAndNotBefore() {
    Scene s = Scene.standby().completed();
    Instant due = s.story.house().clock().plus(Duration.ofDays(7));
    assertThat(s.user().generation(1).living()).allMatch(k -> k.stage().equals("held"));
    assertThat(Rules.nextDue(s.story.house())).contains(due);
    var legacies = new HashMap<SlotName, Optional<Key.Legacy>>();
    List.of(Scene.A, Scene.B).forEach(slot -> legacies.put(slot, s.key(1, slot).legacy()));
    s.story.now(due.minusNanos(1));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.now(due);
    assertThat(s.story.accept(new Act.TimePassed()))
        .hasSize(2)
        .hasOnlyElementsOfType(SlotInspectionRequested.class);
    var asked = new ArrayList<Event>();
    for (SlotName slot : List.of(Scene.A, Scene.B)) {
      asked.addAll(s.story.accept(s.story.slot(slot).does(s.asked(InspectToken.class, slot))));
    }
    for (SlotName slot : List.of(Scene.A, Scene.B)) {
      Key key = s.key(1, slot);
      assertThat(asked)
          .filteredOn(KeyDestructionRequested.class::isInstance)
          .map(KeyDestructionRequested.class::cast)
          .filteredOn(e -> e.slot().equals(slot))
          .singleElement()
          .satisfies(e -> {
            assertThat(e.generation()).isEqualTo(1);
            assertThat(key.keyId()).contains(e.key());
            assertThat(key.publicKeyDigest()).contains(e.publicKey().digest());
          });
    }
    assertThat(Rules.nextDue(s.story.house())).isEmpty();
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.settle();
    assertThat(s.story.log().getLast().event()).isInstanceOf(KeyDestroyed.class);
    assertThat(s.user().generation(1).keys().values()).hasOnlyElementsOfType(Key.Destroyed.class);
    // Whoever still holds what they signed finds their last CRL for as long as it matters.
    for (SlotName slot : List.of(Scene.A, Scene.B)) {
      assertThat(s.key(1, slot).legacy()).isPresent().isEqualTo(legacies.get(slot));
    }
    assertThat(s.user().generation(2).keys().values()).hasOnlyElementsOfType(Key.Ready.class);
  }

  @Test
  void keysWithoutAHoldAreNeverDestroyed() {
    var policy =
        new Policy(
            Duration.ofHours(1),
            Duration.ofDays(365),
            Duration.ZERO,
            Optional.empty(),
            Duration.ofDays(365),
            Optional.empty(),
            Duration.ZERO,
            SshOptions.NONE);
    Scene s = Scene.standby(policy).completed();
    s.story.now(s.story.now().plus(Duration.ofDays(36_500)));
    assertThat(Rules.nextDue(s.story.house())).isEmpty();
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
  }

  @Test
  void whatTheOwnerGivesOutIsWhatTheHouseWaitsFor() {
    Scene s = Scene.standby();
    House before = s.story.house();
    var accepted = (Decision.Accepted) s.story.ask(s.start());
    assertThat(Rules.commands(before, accepted.events()))
        .containsExactlyInAnyOrderElementsOf(Rules.unanswered(s.story.house()));
    KeyCommand first = Rules.unanswered(s.story.house()).getFirst();
    before = s.story.house();
    accepted = (Decision.Accepted) s.story.ask(s.story.slot(first.slot()).does(first));
    assertThat(Rules.unanswered(s.story.house()))
        .containsAll(Rules.commands(before, accepted.events()))
        .doesNotContain(first)
        .hasSize(2);
  }
}
