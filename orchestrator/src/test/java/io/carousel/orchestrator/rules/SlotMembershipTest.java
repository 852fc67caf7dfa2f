package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyStage;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Policy;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Slots join an authority and leave it, and what they signed is trusted for exactly as long. */
class SlotMembershipTest {
  // --- joining ----------------------------------------------------------------------------------

  @Test
  void aJoiningSlotIsTrustedWhenItsKeysAreThereAndSignsWhenEverybodyTrustsThem() {
    Scene s = Scene.standby().joining();
    TrustBundle before = Bundles.of(s.user());
    assertThat(before.phase()).isEqualTo(PhaseName.SLOT_JOINING);
    assertThat(trusted(s)).containsExactlyInAnyOrder(Scene.A, Scene.B);
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("keys-missing");

    s.story.settle();
    assertThat(s.story.log()).anyMatch(r -> r.event() instanceof SlotTrusted);
    TrustBundle extended = Bundles.of(s.user());
    assertThat(extended.number()).isEqualTo(before.number() + 1);
    assertThat(extended.sequence()).isGreaterThan(before.sequence());
    assertThat(extended.challenge()).isNotEqualTo(before.challenge());
    assertThat(trusted(s)).containsExactlyInAnyOrder(Scene.A, Scene.B, Scene.C);
    assertThat(outgoing(s)).isEmpty();
    assertThat(signers(s)).containsExactlyInAnyOrder(Scene.A, Scene.B);
    assertThat(s.story.refuse(s.advance()).message())
        .startsWith("authority 'user' cannot leave slot-joining: 3 of 3 answers are missing");

    s.fleet.keepsUp();
    List<Event> joined = s.story.accept(s.advance());
    assertThat(joined).hasExactlyElementsOfTypes(SlotJoined.class, KeyStageReached.class);
    assertThat(((SlotJoined) joined.getFirst()).evidence().required()).isEqualTo(3);
    assertThat(((KeyStageReached) joined.getLast()).stage()).isEqualTo(KeyStage.SIGNING);
    assertThat(signers(s)).containsExactlyInAnyOrder(Scene.A, Scene.B, Scene.C);
    assertThat(s.user().slots()).containsExactly(Scene.A, Scene.B, Scene.C);
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
    assertThat(Bundles.of(s.user()).number()).isEqualTo(extended.number());
  }

  @Test
  void theNextRotationMakesKeysOnEverySlotThatJoined() {
    Scene s = Scene.standby().joined().completed();
    assertThat(s.user().generation(2).ready().map(Key.Ready::slot))
        .containsExactly(Scene.A, Scene.B, Scene.C);
    assertThat(trusted(s)).containsExactlyInAnyOrder(Scene.A, Scene.B, Scene.C);
  }

  @Test
  void oneKeyForEachFormatIsWaitedFor() {
    var formats =
        Stream.of(Format.values()).map(f -> new FormatSuite(f, Suite.ECDSA_P256)).toList();
    var story = new Story(3, "hsm-a", "hsm-c");
    story.accept(
        new CreateAuthority(
            Scene.USER, formats, List.of(Scene.A), policy(Duration.ofMinutes(5)), "p-1"));
    story.settle();
    story.accept(new JoinSlot(Scene.USER, story.authority("user").seen(), Scene.C, "", "p-1"));
    assertThat(story.house().outbox().values())
        .hasSize(3)
        .allSatisfy(c -> assertThat(c).isInstanceOf(GenerateKey.class));
    var ssh = (GenerateKey) story.house().outbox().lastEntry().getValue();
    while (story.house().outbox().size() > 1 || story.house().outbox().containsKey(ssh.command())) {
      var next =
          story.house().outbox().values().stream()
              .filter(c -> !c.command().equals(ssh.command()))
              .findFirst();
      if (next.isEmpty()) {
        break;
      }
      story.accept(story.slot(Scene.C).does(next.get()));
    }
    assertThat(Bundles.of(story.authority("user")).trusted()).hasSize(3);
    story.settle();
    assertThat(Bundles.of(story.authority("user")).trusted()).hasSize(6);
    // Verifiers of tokens report nothing, and may keep the keys they have for a while.
    var act =
        new io.carousel.events.OperatorAct.Advance(
            Scene.USER, story.authority("user").seen(), List.of(), true, "", "p-1");
    assertThat(story.refuse(act).code()).isEqualTo("published-too-lately");
    story.now(story.now().plus(Duration.ofMinutes(6)));
    story.accept(act);
  }

  @Test
  void whoNeverShowsThatItTrustsTheNewSlotHoldsTheGate() {
    Scene s = Scene.standby().joiningTrusted();
    s.fleet.member("client").keepsUp();
    s.fleet.member("server").keepsUp();
    assertThat(s.story.refuse(s.advance()).message()).contains("1 of 3", "peer has not reported");
    s.story.accept(s.abandoning("lost in the move", "peer"));
    assertThat(signers(s)).contains(Scene.C);
  }

  @Test
  void aJoinThatIsCalledOffTakesItsKeysOutOfTrustAndRetiresThem() {
    Scene s = Scene.standby().joiningTrusted();
    long bundle = s.user().bundle();
    assertThat(s.story.refuse(new RollBack(Scene.USER, s.user().seen(), " ", "p-1")).code())
        .isEqualTo("reason-missing");
    List<Event> events = s.story.accept(s.rollBack());
    assertThat(events)
        .hasExactlyElementsOfTypes(
            SlotJoinCancelled.class, KeyStageReached.class, KeyStageReached.class);
    assertThat(s.user().bundle()).isEqualTo(bundle + 1);
    assertThat(trusted(s)).containsExactlyInAnyOrder(Scene.A, Scene.B);
    assertThat(s.key(1, Scene.C).stage()).isEqualTo("held");
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(s.key(1, Scene.C)).isInstanceOf(Key.Destroyed.class);
    assertThat(s.key(1, Scene.A).stage()).isEqualTo("signing");
  }

  @Test
  void whatComesAfterAJoinWasCalledOffIsSurplus() {
    Scene s = Scene.standby().joining();
    long bundle = s.user().bundle();
    var wanted = s.asked(GenerateKey.class, Scene.C);
    s.story.accept(s.rollBack());
    assertThat(s.user().bundle()).isEqualTo(bundle);
    assertThat(s.story.house().outbox()).isEmpty();
    assertThat(s.key(1, Scene.C)).isInstanceOf(Key.Withdrawn.class);
    assertThat(s.story.accept(s.story.slot(Scene.C).does(wanted)))
        .hasExactlyElementsOfTypes(
            KeyShown.class, SurplusKeyFound.class, KeyDestructionRequested.class);
  }

  @Test
  void whatWasAskedOfAKeyIsNotWantedOnceItsSlotDoesNotJoin() {
    Scene s = Scene.standby().joining();
    s.story.accept(s.story.slot(Scene.C).does(s.asked(GenerateKey.class, Scene.C)));
    assertThat(s.story.house().outbox()).hasSize(1);
    s.story.accept(s.rollBack());
    assertThat(s.story.house().outbox()).isEmpty();
    assertThat(s.key(1, Scene.C).stage()).isEqualTo("held");
  }

  @Test
  void aSlotThatHasSignedCannotBeCalledOff() {
    Scene s = Scene.standby().joiningTrusted();
    Mistake.issuedBy(s, (Key.Ready) s.key(1, Scene.C), s.story.now().plusSeconds(60));
    assertThat(s.story.refuse(s.rollBack()).code()).isEqualTo("slot-has-signed");
    s.story.now(s.story.now().plusSeconds(61));
    s.story.accept(s.rollBack());
  }

  @Test
  void whatCannotJoinIsToldWhy() {
    Scene s = Scene.standby();
    assertThat(s.story.refuse(s.join(Scene.A)).code()).isEqualTo("slot-in-authority");
    assertThat(s.story.refuse(s.join(new SlotName("hsm-z"))).code()).isEqualTo("unknown-slot");
    var seen = new io.carousel.events.Seen(Optional.empty(), PhaseName.STANDBY, 3);
    assertThat(s.story.refuse(new JoinSlot(Scene.USER, seen, Scene.C, "", "p-1")).code())
        .isEqualTo("moved-on");
    assertThat(
            s.story
                .refuse(new JoinSlot(new AuthorityName("nobody"), seen, Scene.C, "", "p-1"))
                .code())
        .isEqualTo("unknown-authority");
    s.story.slot(Scene.C).can(Suite.ED25519);
    s.story.accept(new InspectSlot(Scene.C, "p-1"));
    s.story.accept(s.story.slot(Scene.C).does(s.asked(InspectToken.class, Scene.C)));
    assertThat(s.story.refuse(s.join(Scene.C)).code()).isEqualTo("suite-lacking");
  }

  @Test
  void namesThatTogetherFillNoCommonNameAreRefused() {
    var story = new Story(3, "hsm-a", "a".repeat(40));
    var name = new AuthorityName("b".repeat(20));
    story.accept(
        new CreateAuthority(
            name, FormatSuite.x509(Suite.ECDSA_P256), List.of(Scene.A), Scene.POLICY, "p-1"));
    story.settle();
    Authority a = story.house().authority(name).orElseThrow();
    assertThat(
            story
                .refuse(new JoinSlot(name, a.seen(), new SlotName("a".repeat(40)), "", "p-1"))
                .code())
        .isEqualTo("names-too-long");
  }

  @Test
  void aSlotJoinsAGenerationOnce() {
    Scene s = Scene.standby().left();
    Refusal again = s.story.refuse(s.join(Scene.B));
    assertThat(again.code()).isEqualTo("generation-used");
    assertThat(again.message()).contains("rotate with 'carousel rotation start user'");
    s.completed();
    s.story.accept(s.join(Scene.B));
    s.story.settle();
    s.passed();
    assertThat(s.user().slots()).containsExactly(Scene.A, Scene.B);
    assertThat(trusted(s)).containsExactlyInAnyOrder(Scene.A, Scene.B);
    assertThat(s.key(1, Scene.B).stage()).isEqualTo("held");
  }

  // --- leaving ----------------------------------------------------------------------------------

  @Test
  void aLeavingSlotSignsNoMoreAndIsTrustedUntilNobodyPresentsWhatItSigned() {
    Scene s = Scene.standby().leaving();
    assertThat(signers(s)).containsExactly(Scene.A);
    assertThat(trusted(s)).containsExactlyInAnyOrder(Scene.A, Scene.B);
    assertThat(outgoing(s)).containsExactly(Scene.B);
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("gate-closed");
    // Each says what it has, and one of them has what slot B signed.
    s.fleet
        .members()
        .forEach(m -> {
          m.follows();
          m.reports();
        });
    assertThat(((Refusal.GateClosed) s.story.refuse(s.advance())).lacking())
        .extracting(Gate.Answer::question)
        .contains("presents a slot other than hsm-b")
        .anySatisfy(q -> assertThat(q).startsWith("has replaced credential"));

    s.fleet.keepsUp();
    long bundle = s.user().bundle();
    assertThat(s.story.accept(s.advance()))
        .hasExactlyElementsOfTypes(SlotLeft.class, KeyStageReached.class, KeyStageReached.class);
    assertThat(s.user().bundle()).isEqualTo(bundle + 1);
    assertThat(s.user().slots()).containsExactly(Scene.A);
    assertThat(trusted(s)).containsExactly(Scene.A);
    assertThat(outgoing(s)).isEmpty();
    assertThat(s.key(1, Scene.B).stage()).isEqualTo("held");
  }

  @Test
  void whatALeavingSlotSignedForWhoIsGoneHoldsTheGateUntilItEndsOrIsAbandoned() {
    Scene s = Scene.standby();
    var client = s.fleet.member("client");
    while (!client.presents().getFirst().slot().equals(Scene.B)) {
      client.renews();
    }
    s.fleet.remove(client);
    s.leaving();
    s.fleet.member("server").keepsUp();
    s.fleet.member("peer").keepsUp();
    assertThat(s.story.refuse(s.advance()).message()).contains("client may still present it");
    s.story.accept(s.abandoning("scrapped with its disk", "client"));
    assertThat(trusted(s)).containsExactly(Scene.A);
  }

  @Test
  void aRevokedCredentialOfALeavingSlotIsWaitedForByNobody() {
    Scene s = Scene.standby();
    var client = s.fleet.member("client");
    while (!client.presents().getFirst().slot().equals(Scene.B)) {
      client.renews();
    }
    s.fleet.remove(client);
    s.story.accept(
        new io.carousel.events.OperatorAct.RevokeCredentials(
            Scene.USER,
            List.of(),
            Optional.of(new ParticipantName("client")),
            io.carousel.events.RevocationReason.SUPERSEDED,
            "scrapped",
            "p-1"));
    s.leaving();
    s.fleet.member("server").keepsUp();
    s.fleet.member("peer").keepsUp();
    s.story.accept(s.advance());
  }

  @Test
  void aSlotThatLeftIsDestroyedLikeARetiredOneAndLeavesItsListBehind() {
    Scene s = Scene.standby().left();
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(s.key(1, Scene.B)).isInstanceOf(Key.Destroyed.class);
    assertThat(s.key(1, Scene.A).stage()).isEqualTo("signing");
    s.completed();
    assertThat(s.user().generation(2).keys()).hasSize(1);
    assertThat(s.key(1, Scene.A).stage()).isEqualTo("held");
  }

  @Test
  void theHoldOfASlotThatLeftIsNotBegunAgainByTheNextRotation() {
    Scene s = Scene.standby().left();
    Optional<Instant> until = KeyEnds.holdEnd(s.key(1, Scene.B));
    s.story.now(s.story.now().plus(Duration.ofMinutes(30)));
    s.completed();
    assertThat(KeyEnds.holdEnd(s.key(1, Scene.B))).isEqualTo(until);
    assertThat(KeyEnds.holdEnd(s.key(1, Scene.A)).orElseThrow()).isAfter(until.orElseThrow());
  }

  @Test
  void aLeaveThatIsCalledOffBringsTheSlotBack() {
    Scene s = Scene.standby().leaving();
    long bundle = s.user().bundle();
    long sequence = s.user().changeSequence();
    s.story.accept(s.rollBack());
    assertThat(signers(s)).containsExactlyInAnyOrder(Scene.A, Scene.B);
    assertThat(outgoing(s)).isEmpty();
    assertThat(s.user().bundle()).isEqualTo(bundle);
    assertThat(s.user().changeSequence()).isGreaterThan(sequence);
    assertThat(s.user().phase()).isEqualTo(new Phase.Standby(1));
    s.completed();
  }

  @Test
  void whatCannotLeaveIsToldWhy() {
    Scene s = Scene.standby();
    assertThat(s.story.refuse(s.leave(Scene.C)).code()).isEqualTo("slot-not-in-authority");
    assertThat(
            s.story.refuse(new LeaveSlot(Scene.USER, s.user().seen(), Scene.B, "", "p-1")).code())
        .isEqualTo("reason-missing");
    s.left();
    assertThat(s.story.refuse(s.leave(Scene.A)).message())
        .startsWith("slot 'hsm-a' cannot leave authority 'user': it is its only one");
  }

  @Test
  void aFleetThatIsEmptyOnPurposeIsSaidToBe() {
    Scene s = Scene.empty().joiningTrusted();
    assertThat(s.story.refuse(s.advance()).message())
        .startsWith("authority 'user' cannot leave slot-joining on evidence");
    s.story.accept(s.nobody());
    s.leaving();
    s.story.accept(s.nobody());
    assertThat(s.user().slots()).containsExactly(Scene.A, Scene.C);
  }

  @Test
  void whileASlotMovesNothingElseDoes() {
    Scene s = Scene.standby().leaving();
    Refusal refusal =
        s.story.refuse(new StartRotation(Scene.USER, s.user().seen(), List.of(), "", "p-1"));
    assertThat(refusal.code()).isEqualTo("slot-moving");
    assertThat(refusal.message()).contains("carousel rotation rollback user");
  }

  private static List<SlotName> trusted(Scene s) {
    return Bundles.of(s.user()).trusted().stream().flatMap(k -> k.slot().stream()).toList();
  }

  private static List<SlotName> outgoing(Scene s) {
    return Bundles.of(s.user()).trusted().stream()
        .filter(TrustedKey::outgoing)
        .flatMap(k -> k.slot().stream())
        .toList();
  }

  private static List<SlotName> signers(Scene s) {
    return s.user().inForce().signers(s.user().active(), Format.X509).stream()
        .map(Key.Ready::slot)
        .toList();
  }

  private static Policy policy(Duration jwksMaxAge) {
    Policy p = Scene.POLICY;
    return new Policy(
        p.leafLifetime(),
        p.caLifetime(),
        p.backdating(),
        p.hold(),
        p.crlLifetime(),
        p.distribution(),
        jwksMaxAge,
        p.ssh());
  }

  /** What should never have been signed. */
  private static final class Mistake {
    private Mistake() {}

    static void issuedBy(Scene s, Key.Ready key, Instant until) {
      Evidence.Issued one = s.fleet.issued().getFirst();
      s.fleet
          .issued()
          .add(
              new Evidence.Issued(
                  one.holder(),
                  one.identity(),
                  one.format(),
                  one.profile(),
                  new io.carousel.events.Serial("abcdef"),
                  key.publicKey().digest(),
                  1,
                  key.slot(),
                  until));
    }
  }
}
