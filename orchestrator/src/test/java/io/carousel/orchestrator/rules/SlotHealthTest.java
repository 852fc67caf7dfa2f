package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityEvent.CrlRequested;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.CommandsRefused;
import io.carousel.events.HouseEvent.SlotFound;
import io.carousel.events.HouseEvent.SlotHeard;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.HouseEvent.SlotRemoved;
import io.carousel.events.HouseEvent.SlotSilent;
import io.carousel.events.KeyId;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.RemoveSlot;
import io.carousel.events.Policy;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.TrustBundle;
import io.carousel.events.TrustBundle.TrustedKey;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of slots that do not answer, and of what they have signed. */
class SlotHealthTest {
  /** CRLs live for eight days: renewed after four, overdue after six. */
  private static final Policy SHORT =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(365),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(7)),
          Duration.ofDays(8),
          Optional.empty(),
          Duration.ZERO,
          Scene.POLICY.ssh());

  // --- silent -----------------------------------------------------------------------------------

  @Test
  void theLogSaysWhenASlotFallsSilentAndWhenItSpeaks() {
    Scene s = Scene.standby();
    assertThat(s.story.accept(new Act.SlotObserved(Scene.A, true)))
        .hasExactlyElementsOfTypes(SlotSilent.class);
    assertThat(slot(s, Scene.A).silent()).contains(s.story.now());
    assertThat(s.story.refuse(new Act.SlotObserved(Scene.A, true)).code())
        .isEqualTo("known-already");
    // It is asked last, but it is asked: nothing changes for who follows the bundle.
    assertThat(outgoing(s)).isEmpty();
    assertThat(s.story.accept(new Act.SlotObserved(Scene.A, false)))
        .hasExactlyElementsOfTypes(SlotHeard.class);
    assertThat(slot(s, Scene.A).silent()).isEmpty();
    assertThat(s.story.refuse(new Act.SlotObserved(Scene.A, false)).code())
        .isEqualTo("known-already");
    assertThat(s.story.refuse(new Act.SlotObserved(new SlotName("hsm-z"), true)).code())
        .isEqualTo("unknown-slot");
  }

  @Test
  void aWorkerThatAnswersAKeyCommandIsNotSilent() {
    Scene s = Scene.standby();
    s.story.accept(new Act.SlotObserved(Scene.A, true));
    assertThat(inspected(s, Scene.A))
        .hasExactlyElementsOfTypes(SlotInspected.class, SlotHeard.class);
  }

  @Test
  void workersSayNothingOfOthers() {
    Scene s = Scene.standby();
    for (Act act :
        List.of(
            new Act.SlotObserved(Scene.A, true), new Act.RefusalsSeen(Scene.A, "late", 1, ""))) {
      assertThat(s.story.weigh(Story.worker(Scene.B), act))
          .isInstanceOfSatisfying(
              Decision.Refused.class, r -> assertThat(r.why().code()).isEqualTo("not-authorised"));
    }
  }

  // --- lost -------------------------------------------------------------------------------------

  @Test
  void whatALostSlotSignedIsReplacedByWhatOthersSign() {
    Scene s = Scene.standby();
    TrustBundle before = Bundles.of(s.user());
    assertThat(s.story.refuse(new DeclareSlotLost(Scene.B, " ", "p-1")).code())
        .isEqualTo("reason-missing");
    s.story.accept(lost(Scene.B));
    TrustBundle after = Bundles.of(s.user());
    assertThat(outgoing(s)).containsExactly(Scene.B);
    assertThat(s.user().inForce().signers(1, Format.X509))
        .extracting(Key.Ready::slot)
        .containsExactly(Scene.A);
    assertThat(after.sequence()).isGreaterThan(before.sequence());
    // Nobody need trust anything else: reports that were given still count.
    assertThat(after.number()).isEqualTo(before.number());
    assertThat(after.challenge()).isEqualTo(before.challenge());
    assertThat(s.story.refuse(lost(Scene.B)).code()).isEqualTo("slot-lost-already");
  }

  @Test
  void itIsFoundWhenAWorkerOfItDoesSomething() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.B));
    s.story.accept(new InspectSlot(Scene.B, "p-1"));
    var asked = s.asked(InspectToken.class, Scene.B);
    // That it cannot is no sign of life of its token.
    s.story.accept(new KeyCommandRefused(asked.command(), Scene.B, "busy", "later", false));
    assertThat(slot(s, Scene.B).lost()).isPresent();
    long sequence = s.user().changeSequence();
    assertThat(s.story.accept(s.story.slot(Scene.B).does(asked)))
        .hasExactlyElementsOfTypes(SlotInspected.class, SlotFound.class);
    assertThat(slot(s, Scene.B).lost()).isEmpty();
    assertThat(outgoing(s)).isEmpty();
    assertThat(s.user().changeSequence()).isGreaterThan(sequence);
  }

  @Test
  void whereNobodyElseIsLeftNothingIsOutgoing() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.A));
    s.story.accept(lost(Scene.B));
    assertThat(outgoing(s)).isEmpty();
    assertThat(s.user().inForce().signers(1, Format.X509)).hasSize(2);
    assertThat(slot(s, Scene.A).lost()).isPresent();
  }

  @Test
  void aLeavingSlotDoesNotSignEvenIfTheOthersAreLost() {
    Scene s = Scene.standby().leaving();
    s.story.accept(lost(Scene.A));
    assertThat(s.user().inForce().signers(1, Format.X509))
        .extracting(Key.Ready::slot)
        .containsExactly(Scene.A);
    assertThat(outgoing(s)).containsExactly(Scene.B);
  }

  @Test
  void aSlotCountsAsLostWhoseCrlNobodyRenewsInTime() {
    Scene s = Scene.standby(SHORT);
    s.story.now(s.story.now().plus(Duration.ofDays(4)));
    assertThat(s.story.accept(new Act.TimePassed()))
        .hasExactlyElementsOfTypes(CrlRequested.class, CrlRequested.class);
    s.story.accept(s.story.slot(Scene.A).does(s.asked(SignCrl.class, Scene.A)));
    assertThat(Rules.nextDue(s.story.house())).contains(s.story.now().plus(Duration.ofDays(2)));

    s.story.now(s.story.now().plus(Duration.ofDays(2)));
    List<Event> events = s.story.accept(new Act.TimePassed());
    assertThat(events).hasExactlyElementsOfTypes(SlotLost.class);
    assertThat((SlotLost) events.getFirst())
        .satisfies(e -> assertThat(e.slot()).isEqualTo(Scene.B))
        .satisfies(e -> assertThat(e.by()).isEqualTo("the rules"));
    assertThat(outgoing(s)).containsExactly(Scene.B);
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");

    assertThat(s.story.accept(s.story.slot(Scene.B).does(s.asked(SignCrl.class, Scene.B))))
        .hasExactlyElementsOfTypes(CrlIssued.class, SlotFound.class);
    assertThat(outgoing(s)).isEmpty();
  }

  /** Where nobody was there to ask, nobody has failed to answer. */
  @Test
  void afterAnOutageASlotHasTimeToAnswer() {
    Scene s = Scene.standby(SHORT);
    s.story.now(s.story.now().plus(Duration.ofDays(7)));
    s.story.accept(new Act.TimePassed());
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.now(s.story.now().plus(Duration.ofHours(23)));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.story.now(s.story.now().plus(Duration.ofHours(1)));
    assertThat(s.story.accept(new Act.TimePassed())).hasOnlyElementsOfType(SlotLost.class);
  }

  @Test
  void aRetiredKeyWhoseCrlDoesNotComeLosesNoSlot() {
    Scene s = Scene.standby(SHORT);
    s.story.now(s.story.now().plus(Duration.ofDays(4)));
    s.story.accept(new Act.TimePassed());
    s.fleet.keepsUp();
    s.leaving().passed();
    s.story.accept(s.story.slot(Scene.A).does(s.asked(SignCrl.class, Scene.A)));
    s.story.now(s.story.now().plus(Duration.ofDays(3)));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
  }

  @Test
  void noRotationStartsAndNoAuthorityIsMadeWhereASlotIsLost() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.B));
    Refusal refusal = s.story.refuse(s.start());
    assertThat(refusal.code()).isEqualTo("slot-lost");
    assertThat(refusal.message()).contains("carousel slot leave hsm-b user");
    s.story.accept(lost(Scene.C));
    assertThat(s.story.refuse(s.join(Scene.C)).code()).isEqualTo("slot-lost");
    var db =
        new CreateAuthority(
            new AuthorityName("db"),
            FormatSuite.x509(Suite.ED25519),
            List.of(Scene.B),
            Scene.POLICY,
            "p-1");
    assertThat(s.story.refuse(db).code()).isEqualTo("slot-lost");
  }

  @Test
  void aSlotThatIsLostWhileItJoinsDoesNotGetIn() {
    Scene s = Scene.standby().joiningTrusted();
    s.story.accept(lost(Scene.C));
    s.fleet.keepsUp();
    assertThat(s.story.refuse(s.advance()).code()).isEqualTo("slot-lost");
    inspected(s, Scene.C);
    s.story.accept(s.advance());
    assertThat(s.user().slots()).contains(Scene.C);
  }

  @Test
  void aLostSlotMayLeaveAndTheNextRotationGoesOnWithoutIt() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.B));
    s.left();
    assertThat(s.user().slots()).containsExactly(Scene.A);
    assertThat(s.user().lost()).isEmpty();
    assertThat(s.key(1, Scene.B).stage()).isEqualTo("held");
    s.completed();
    assertThat(s.user().generation(2).ready().map(Key.Ready::slot)).containsExactly(Scene.A);
  }

  @Test
  void aSlotCannotLeaveIfOnlyLostOnesWouldBeLeft() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.A));
    assertThat(s.story.refuse(s.leave(Scene.B)).message()).contains("the others are lost: hsm-a");
  }

  // --- removed ----------------------------------------------------------------------------------

  @Test
  void aSlotIsForgottenOnceNobodyUsesItAndItsKeysAreGone() {
    Scene s = Scene.standby();
    assertThat(s.story.refuse(remove(Scene.B, false)).code()).isEqualTo("slot-in-use");
    s.left();
    assertThat(s.story.refuse(remove(Scene.B, false)).message()).contains("worker-hsm-b");
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    s.story.accept(new Act.TimePassed());
    assertThat(s.story.house().outbox()).isNotEmpty();
    var last = s.asked(io.carousel.events.SigningCommand.KeyCommand.class, Scene.B);
    s.story.accept(s.story.slot(Scene.B).does(last));
    dismiss(s, Scene.B);
    Refusal remain = s.story.refuse(remove(Scene.B, false));
    assertThat(remain.code()).isEqualTo("keys-remain");
    assertThat(remain.message()).contains(s.key(1, Scene.B).keyId().orElseThrow().value());
    hire(s, Scene.B);
    s.story.settle();
    dismiss(s, Scene.B);
    assertThat(s.story.accept(remove(Scene.B, false))).hasExactlyElementsOfTypes(SlotRemoved.class);
    assertThat(s.story.house().slots()).doesNotContainKey(Scene.B);
    assertThat(s.key(1, Scene.B)).isInstanceOf(Key.Destroyed.class);
  }

  @Test
  void aSlotThatIsLostForEverIsForgottenAndItsKeysNever() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.B));
    s.left();
    KeyId id = s.key(1, Scene.B).keyId().orElseThrow();
    KeyPair pair = s.story.slot(Scene.B).keys().get(id);
    s.story.accept(new InspectSlot(Scene.B, "p-1"));
    dismiss(s, Scene.B);
    assertThat(s.story.refuse(remove(Scene.B, false)).code()).isEqualTo("keys-remain");
    assertThat(s.story.refuse(new RemoveSlot(Scene.B, true, "", "p-1")).code())
        .isEqualTo("reason-missing");
    s.story.accept(remove(Scene.B, true));
    assertThat(s.key(1, Scene.B)).isInstanceOf(Key.Unreachable.class);
    assertThat(s.story.house().outbox()).isEmpty();

    // Nothing is waited for, whatever time it is; and the rest goes on.
    s.story.now(s.story.now().plus(Duration.ofDays(30)));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    s.fleet.keepsUp();
    s.completed();

    // The token turns up in another slot.
    s.story.slot(Scene.C).finds(new KeyId("cafe"), pair);
    inspected(s, Scene.C);
    assertThat(slot(s, Scene.C).seen().orElseThrow().findings())
        .extracting(SlotFinding::kind)
        .containsExactly(SlotFinding.Kind.RETURNED);
    assertThat(slot(s, Scene.C).frozen()).isPresent();
  }

  @Test
  void aKeyOfAForgottenSlotIsNotAdoptedUnderAnotherName() {
    Scene s = Scene.standby();
    s.story.accept(lost(Scene.B));
    s.left();
    KeyPair pair = s.story.slot(Scene.B).keys().get(s.key(1, Scene.B).keyId().orElseThrow());
    dismiss(s, Scene.B);
    s.story.accept(remove(Scene.B, true));
    s.joining();
    var asked = s.asked(io.carousel.events.SigningCommand.GenerateKey.class, Scene.C);
    var again =
        s.story.slot(Scene.C).proves(asked.command(), new KeyId("cafe"), pair, Suite.ECDSA_P256);
    assertThat(s.story.refuse(again).code()).isEqualTo("key-known");
  }

  @Test
  void onlyWhatIsLostCanBeGone() {
    Scene s = Scene.standby().left();
    dismiss(s, Scene.B);
    assertThat(s.story.refuse(remove(Scene.B, true)).code()).isEqualTo("slot-not-lost");
    assertThat(s.story.refuse(remove(new SlotName("hsm-z"), true)).code())
        .isEqualTo("unknown-slot");
  }

  @Test
  void theNameOfAForgottenSlotCanBeGivenAgain() {
    Scene s = Scene.standby();
    dismiss(s, Scene.C);
    s.story.accept(remove(Scene.C, false));
    s.story.accept(new RegisterSlot(Scene.C, "/opt/other.so", "two replicas", "p-1"));
    assertThat(slot(s, Scene.C).custody()).isEqualTo("two replicas");
  }

  // --- refusals ---------------------------------------------------------------------------------

  @Test
  void whatAWorkerRefusesIsRememberedByCode() {
    Scene s = Scene.standby();
    assertThat(s.story.accept(new Act.RefusalsSeen(Scene.A, "name-not-allowed", 1, "not for a.b")))
        .hasExactlyElementsOfTypes(CommandsRefused.class);
    s.story.accept(new Act.RefusalsSeen(Scene.A, "name-not-allowed", 4, "not for c.d"));
    s.story.accept(new Act.RefusalsSeen(Scene.A, "forged", 1, "by nobody"));
    assertThat(slot(s, Scene.A).refusals())
        .containsOnlyKeys("forged", "name-not-allowed")
        .containsEntry("name-not-allowed", new Slot.Refusals(5, "not for c.d", s.story.now()));
  }

  @Test
  void aSlotRemembersOnlySoManyCodes() {
    Scene s = Scene.standby();
    for (int i = 0; i < 100; i++) {
      s.story.accept(new Act.RefusalsSeen(Scene.A, "code-" + i, 1, ""));
    }
    assertThat(slot(s, Scene.A).refusals()).hasSize(80);
  }

  private static DeclareSlotLost lost(SlotName slot) {
    return new DeclareSlotLost(slot, "it does not answer", "p-1");
  }

  private static RemoveSlot remove(SlotName slot, boolean gone) {
    return new RemoveSlot(slot, gone, "sent back", "p-1");
  }

  private static void dismiss(Scene s, SlotName slot) {
    s.story.accept(new RemoveAuthor(Story.worker(slot).name(), "no use", "p-1"));
  }

  private static void hire(Scene s, SlotName slot) {
    var w = Story.worker(slot);
    s.story.accept(
        new io.carousel.events.OperatorAct.EnrolAuthor(
            w.name(), w.role(), w.slot(), w.publicKey(), "p-1"));
  }

  private static List<Event> inspected(Scene s, SlotName slot) {
    s.story.accept(new InspectSlot(slot, "p-1"));
    return s.story.accept(s.story.slot(slot).does(s.asked(InspectToken.class, slot)));
  }

  private static Slot slot(Scene s, SlotName name) {
    return s.story.house().slots().get(name);
  }

  private static List<SlotName> outgoing(Scene s) {
    return Bundles.of(s.user()).trusted().stream()
        .filter(TrustedKey::outgoing)
        .flatMap(k -> k.slot().stream())
        .toList();
  }
}
