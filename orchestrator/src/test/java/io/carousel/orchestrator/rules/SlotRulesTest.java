package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.SlotFrozen;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.SlotInspectionFailed;
import io.carousel.events.KeyId;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotFinding.Kind;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.orders.OrderBook;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is found in a token decides whether anything is destroyed there. */
class SlotRulesTest {
  @Test
  void whereAllIsAsTheLogSaysNothingIsFound() {
    Scene s = Scene.standby();
    assertThat(looks(s, Scene.A)).isEmpty();
    Slot slot = s.story.house().slots().get(Scene.A);
    assertThat(slot.asked()).isEmpty();
    assertThat(slot.frozen()).isEmpty();
    assertThat(slot.seen().orElseThrow().report().keys()).hasSize(1);
  }

  @Test
  void aKeyThatTheLogDoesNotKnowIsReportedAndNotTouched() {
    Scene s = Scene.standby();
    var stranger = new KeyId("beef");
    s.story.slot(Scene.A).finds(stranger, FakeSlot.keyPair(Suite.ECDSA_P256));
    assertThat(looks(s, Scene.A))
        .singleElement()
        .satisfies(f -> {
          assertThat(f.kind()).isEqualTo(Kind.UNKNOWN);
          assertThat(f.key()).isEqualTo(stranger);
        });
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isEmpty();
    assertThat(s.story.slot(Scene.A).keys()).containsKey(stranger);
  }

  @Test
  void secondKeyUnderOneIdIsNotCalledMissing() {
    Scene s = afterHold();
    s.story.slot(Scene.A).doubles(s.key(2, Scene.A).keyId().orElseThrow());
    assertThat(looks(s, Scene.A)).extracting(SlotFinding::kind).contains(Kind.AMBIGUOUS);
    assertThat(looks(s, Scene.A)).extracting(SlotFinding::kind).doesNotContain(Kind.MISSING);
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isPresent();
  }

  @Test
  void whileAnyExpectedKeyIsMissingNothingIsDestroyedInItsSlot() {
    Scene s = afterHold();
    KeyId active = s.key(2, Scene.A).keyId().orElseThrow();
    KeyPair lost = s.story.slot(Scene.A).loses(active);
    s.story.accept(new Act.TimePassed());
    List<Event> atA = s.story.accept(answer(s, Scene.A));
    assertThat(atA).hasExactlyElementsOfTypes(SlotInspected.class, SlotFrozen.class);
    assertThat(((SlotInspected) atA.getFirst()).findings())
        .extracting(SlotFinding::kind)
        .containsExactly(Kind.MISSING);
    assertThat(s.story.accept(answer(s, Scene.B)))
        .hasExactlyElementsOfTypes(SlotInspected.class, KeyDestructionRequested.class);
    s.story.settle();
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Ready.class);
    assertThat(s.key(1, Scene.B)).isInstanceOf(Key.Destroyed.class);

    s.story.now(s.story.now().plus(Duration.ofDays(30)));
    assertThat(s.story.refuse(new Act.TimePassed()).code()).isEqualTo("nothing-due");
    assertThat(Rules.nextDue(s.story.house())).isEmpty();

    s.story.slot(Scene.A).finds(active, lost);
    assertThat(s.story.refuse(new ThawSlot(Scene.A, " ", "p-1")).code())
        .isEqualTo("reason-missing");
    s.story.accept(new ThawSlot(Scene.A, "the token was being restored", "p-1"));
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Destroyed.class);
    assertThat(s.key(2, Scene.A)).isInstanceOf(Key.Ready.class);
  }

  @Test
  void aDestroyedKeyThatIsThereAgainFreezesItsSlot() {
    Scene s = afterHold();
    KeyId id = s.key(1, Scene.A).keyId().orElseThrow();
    KeyPair pair = s.story.slot(Scene.A).keys().get(id);
    s.story.accept(new Act.TimePassed());
    s.story.settle();
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Destroyed.class);
    // Under another id: a restored backup may well give it one.
    s.story.slot(Scene.A).finds(new KeyId("cafe"), pair);
    assertThat(looks(s, Scene.A)).extracting(SlotFinding::kind).containsExactly(Kind.RETURNED);
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isPresent();
    assertThat(s.story.house().slots().get(Scene.B).frozen()).isEmpty();
  }

  @Test
  void anotherKeyUnderTheIdOfAnExpectedOneFreezesToo() {
    Scene s = Scene.standby();
    KeyId id = s.key(1, Scene.A).keyId().orElseThrow();
    s.story.slot(Scene.A).finds(id, FakeSlot.keyPair(Suite.ECDSA_P256));
    assertThat(looks(s, Scene.A)).extracting(SlotFinding::kind).containsExactly(Kind.DIFFERS);
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isPresent();
  }

  @Test
  void whoDestroysAKeyReadsWhichOthersMustBeThere() {
    Scene s = afterHold();
    s.story.accept(new Act.TimePassed());
    s.story.accept(answer(s, Scene.A));
    assertThat(others(s, s.asked(DestroyKey.class, Scene.A)))
        .containsExactly(s.key(2, Scene.A).keyId().orElseThrow());
  }

  /** Or its worker would refuse for ever, since a key that it was told of is gone. */
  @Test
  void aKeyThatWasDestroyedMeanwhileIsNotExpectedAnyMore() {
    Scene s = Scene.standby();
    s.story.accept(s.story.slot(Scene.A).generates(s.wish(1, Scene.A), Suite.ECDSA_P256));
    var twice = s.asked(DestroyKey.class, Scene.A);
    KeyId first = s.key(1, Scene.A).keyId().orElseThrow();
    assertThat(others(s, twice)).containsExactly(first);
    for (int gate = 0; gate < 3; gate++) {
      if (gate == 0) {
        s.story.accept(s.start());
        settleBut(s, twice.command());
      }
      s.passed();
    }
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    s.story.accept(new Act.TimePassed());
    settleBut(s, twice.command());
    assertThat(s.key(1, Scene.A)).isInstanceOf(Key.Destroyed.class);
    var now = (DestroyKey) s.story.house().outbox().get(twice.command());
    assertThat(now).isEqualTo(twice);
    assertThat(others(s, now)).containsExactly(s.key(2, Scene.A).keyId().orElseThrow());
    s.story.accept(s.story.slot(Scene.A).does(now));
  }

  /** Its worker would refuse it each time, and each refusal is an event. */
  @Test
  void destructionInAFrozenSlotIsNotGivenOutAgainBeforeTheThaw() {
    Scene s = afterHold();
    s.story.accept(new Act.TimePassed());
    s.story.accept(answer(s, Scene.A));
    DestroyKey end = s.asked(DestroyKey.class, Scene.A);
    assertThat(Rules.unanswered(s.story.house())).contains(end);

    s.story.slot(Scene.A).loses(s.key(2, Scene.A).keyId().orElseThrow());
    looks(s, Scene.A);
    assertThat(s.story.house().slots().get(Scene.A).frozen()).isPresent();
    assertThat(s.story.house().outbox()).containsKey(end.command());
    assertThat(Rules.unanswered(s.story.house())).doesNotContain(end);

    s.story.accept(new ThawSlot(Scene.A, "we have looked", "p-1"));
    assertThat(Rules.unanswered(s.story.house())).contains(end);
  }

  /** As its worker reads them out of the log. */
  private static List<KeyId> others(Scene s, DestroyKey asked) {
    var book = new OrderBook();
    s.story.log().forEach(book::accept);
    return book.others(asked.slot(), asked.key());
  }

  private static void settleBut(Scene s, io.carousel.events.CommandId waits) {
    while (s.story.house().outbox().size() > 1) {
      s.story.house().outbox().values().stream()
          .filter(c -> !c.command().equals(waits))
          .findFirst()
          .ifPresent(c -> s.story.accept(s.story.slot(c.slot()).does(c)));
    }
  }

  @Test
  void aTokenIsLookedAtOnceAtATimeAndAskedAgainIfItCouldNotBe() {
    Scene s = Scene.standby();
    s.story.accept(new InspectSlot(Scene.A, "p-1"));
    assertThat(s.story.refuse(new InspectSlot(Scene.A, "p-1")).code())
        .isEqualTo("inspection-underway");
    var asked = s.asked(InspectToken.class, Scene.A);
    assertThat(
            s.story.accept(
                new KeyCommandRefused(asked.command(), Scene.A, "token-refused", "busy", false)))
        .hasOnlyElementsOfType(SlotInspectionFailed.class);
    assertThat(s.story.house().slots().get(Scene.A).failure()).isPresent();
    assertThat(s.story.house().outbox()).containsKey(asked.command());
    s.story.settle();
    assertThat(s.story.house().slots().get(Scene.A).failure()).isEmpty();
    assertThat(s.story.refuse(new InspectSlot(new SlotName("hsm-z"), "p-1")).code())
        .isEqualTo("unknown-slot");
  }

  @Test
  void aSuiteThatATokenLacksIsRefusedByNameWhereItWouldBeNeeded() {
    Scene s = Scene.standby();
    s.story.slot(Scene.B).can(Suite.ECDSA_P256, Suite.RSA_2048);
    looks(s, Scene.A);
    looks(s, Scene.B);
    var create =
        new CreateAuthority(
            new AuthorityName("db"),
            FormatSuite.x509(Suite.ED25519),
            List.of(Scene.A, Scene.B),
            Scene.POLICY,
            "p-1");
    assertThat(s.story.refuse(create).message())
        .isEqualTo(
            "the token of slot 'hsm-b' cannot make and use keys of suite ed25519; it can: rsa-2048, ecdsa-p256");
    var start =
        new StartRotation(Scene.USER, s.user().seen(), FormatSuite.x509(Suite.ED25519), "", "p-1");
    assertThat(s.story.refuse(start).code()).isEqualTo("suite-lacking");
    s.story.accept(s.start());
  }

  private static Scene afterHold() {
    Scene s = Scene.standby().completed();
    s.story.now(s.story.now().plus(Duration.ofDays(8)));
    return s;
  }

  private static Act answer(Scene s, SlotName slot) {
    return s.story.slot(slot).does(s.asked(InspectToken.class, slot));
  }

  private static List<SlotFinding> looks(Scene s, SlotName slot) {
    s.story.accept(new InspectSlot(slot, "p-1"));
    s.story.accept(answer(s, slot));
    return s.story.house().slots().get(slot).seen().orElseThrow().findings();
  }
}
