package io.carousel.orchestrator.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.carousel.events.Act;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyCommandFailed;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.AnswerRepeated;
import io.carousel.events.HouseEvent.UnorderedAnswer;
import io.carousel.events.HouseEvent.UnorderedCommandRefused;
import io.carousel.events.KeyId;
import io.carousel.events.OperatorAct.InspectSlot;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyCommandRefused;
import io.carousel.events.WorkerAct.KeyGenerated;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.WorkerAct.UnorderedCommandSeen;
import io.carousel.events.wire.Wire;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Workers are not trusted to be right: what they may not answer, and what becomes of it. */
class KeyAnswersTest {
  private final Scene s = Scene.standby().started();
  private final GenerateKey asked = s.asked(GenerateKey.class, Scene.A);
  private final FakeSlot slot = s.story.slot(Scene.A);

  @Test
  void aWorkerAnswersForItsOwnSlotAlone() {
    KeyGenerated answer = slot.generates(asked.command(), asked.suite());
    assertThat(refusal(Story.worker(Scene.B), answer)).isEqualTo("not-authorised");
    assertThat(refusal(Story.OWNER, answer)).isEqualTo("not-authorised");
    var stolen =
        new KeyGenerated(
            answer.answers(), Scene.B, answer.key(), answer.publicKey(), answer.possession());
    assertThat(s.story.accept(stolen)).hasExactlyElementsOfTypes(UnorderedAnswer.class);
    s.story.accept(answer);
  }

  @Test
  void workersAskNothingOnBehalfOfOperators() {
    for (Act act :
        new Act[] {
          s.advance(),
          s.rollBack(),
          new Act.TimePassed(),
          new Act.CommandUndeliverable(asked.command(), Scene.A, "mine")
        }) {
      assertThat(refusal(Story.worker(Scene.A), act)).isEqualTo("not-authorised");
    }
  }

  @Test
  void whatWasNeverAskedIsNotAnswered() {
    var strange = new CommandId("0195518e-2c7b-7a10-8123-456789abcdef");
    for (WorkerAct act :
        new WorkerAct[] {
          slot.generates(strange, Suite.ECDSA_P256),
          new CaCertificateSigned(strange, Scene.A, Bytes.of(new byte[3])),
          new KeyGone(strange, Scene.A, new KeyId("a1"), true),
          new KeyCommandRefused(strange, Scene.A, "token-full", "no room", true)
        }) {
      assertThat(s.story.accept(act))
          .singleElement()
          .isInstanceOfSatisfying(
              UnorderedAnswer.class,
              told -> {
                assertThat(told.answered()).isEqualTo(strange);
                assertThat(told.act()).isEqualTo(Wire.CURRENT.typeOf(act.getClass()));
                assertThat(told.detail()).isNotBlank();
              });
      // No flood of them fills the log; a minute later it is told again.
      assertThat(s.story.accept(act)).isEmpty();
    }
    s.story.now(s.story.now().plus(Duration.ofMinutes(1)));
    assertThat(s.story.accept(new KeyGone(strange, Scene.A, new KeyId("a1"), true)))
        .hasExactlyElementsOfTypes(UnorderedAnswer.class);
  }

  @Test
  void workThatNobodyOrderedIsAnAlarmOnceAMinute() {
    var seen =
        new UnorderedCommandSeen(
            asked.command(),
            Scene.A,
            "carousel.destroy-key.v1",
            "destroy key a1: no event of the log ordered it",
            1,
            new AuthorName("orchestrator-2"));
    assertThat(s.story.accept(seen))
        .singleElement()
        .isInstanceOfSatisfying(
            UnorderedCommandRefused.class,
            told -> assertThat(told.author()).isEqualTo(new AuthorName("orchestrator-2")));
    assertThat(s.story.accept(seen)).isEmpty();
    assertThat(s.story.house().slots().get(Scene.A).refusals())
        .containsKey("not-ordered carousel.destroy-key.v1 of orchestrator-2");
    // One author's alarm does not hide another's.
    var other =
        new UnorderedCommandSeen(
            new CommandId("0195518e-2c7b-7a10-8123-456789abcde0"),
            Scene.A,
            seen.asked(),
            "destroy key a2: no event of the log ordered it",
            1,
            new AuthorName("orchestrator-1"));
    assertThat(s.story.accept(other)).hasExactlyElementsOfTypes(UnorderedCommandRefused.class);
    s.story.now(s.story.now().plus(Duration.ofMinutes(1)));
    assertThat(s.story.accept(seen)).hasExactlyElementsOfTypes(UnorderedCommandRefused.class);
  }

  @Test
  void keyThatIsNotTakenFreezesNothing() {
    for (String code : List.of("found-key-weak", "found-keys-several")) {
      GenerateKey before = s.asked(GenerateKey.class, Scene.A);
      assertThat(
              s.story.accept(
                  new KeyCommandRefused(
                      before.command(), Scene.A, code, "key beef is not made here", true)))
          .hasExactlyElementsOfTypes(KeyCommandFailed.class, KeyRequested.class);
      GenerateKey next = s.asked(GenerateKey.class, Scene.A);
      assertThat(next.command()).isNotEqualTo(before.command());
      assertThat(s.story.house().outbox()).doesNotContainKey(before.command());
      // Whoever still answers the earlier one has not done what nobody ordered.
      assertThat(s.story.accept(slot.generates(before.command(), before.suite())))
          .hasExactlyElementsOfTypes(AnswerRepeated.class);
    }
    s.story.settle();
    assertThat(s.story.house().outbox()).isEmpty();
  }

  /** However many came after it, for as long as Kafka can show it again. */
  @Test
  void lateAnswerIsToldFromOneThatNobodyOrdered() {
    s.story.settle();
    CommandId first = asked.command();
    for (int day = 0; day < 29; day++) {
      s.story.now(s.story.now().plus(Duration.ofDays(1)));
      s.story.accept(new InspectSlot(Scene.A, "p-1"));
      s.story.settle();
    }
    assertThat(s.story.house().ended()).containsKey(first);
    assertThat(s.story.accept(new KeyCommandRefused(first, Scene.A, "late", "late", true)))
        .hasExactlyElementsOfTypes(AnswerRepeated.class);
  }

  @Test
  void anAnswerMustFitItsQuestion() {
    assertThat(s.story.refuse(new KeyGone(asked.command(), Scene.A, new KeyId("a1"), true)).code())
        .isEqualTo("answer-unfit");
    var early = new CaCertificateSigned(asked.command(), Scene.A, Bytes.of(new byte[3]));
    assertThat(s.story.refuse(early).code()).isEqualTo("answer-unfit");
    s.keyOfSlotA();
    var certification = s.asked(SignCaCertificate.class, Scene.A);
    assertThat(s.story.refuse(slot.generates(certification.command(), asked.suite())).code())
        .isEqualTo("answer-unfit");
  }

  @TestFactory
  Stream<DynamicTest> aProofThatDoesNotHold() {
    KeyPair pair = FakeSlot.keyPair(Suite.ECDSA_P256);
    KeyPair other = FakeSlot.keyPair(Suite.ECDSA_P256);
    var id = new KeyId("a1b2");
    KeyGenerated good = slot.proves(asked.command(), id, pair, asked.suite());
    CommandId another = s.asked(GenerateKey.class, Scene.B).command();
    return Map.of(
            "by another key",
            slot.proves(asked.command(), id, other, asked.suite()).possession(),
            "for another command",
            slot.proves(another, id, pair, asked.suite()).possession(),
            "for another key id",
            slot.proves(asked.command(), new KeyId("a1b3"), pair, asked.suite()).possession(),
            "for another slot",
            s.story.slot(Scene.B).proves(asked.command(), id, pair, asked.suite()).possession(),
            "with another digest",
            slot.proves(asked.command(), id, pair, Suite.ECDSA_P384).possession(),
            "empty",
            Bytes.of(new byte[0]),
            "too long",
            Bytes.of(new byte[70_000]))
        .entrySet()
        .stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () -> {
                  var forged =
                      new KeyGenerated(good.answers(), Scene.A, id, good.publicKey(), e.getValue());
                  assertThat(s.story.refuse(forged).code()).isEqualTo("proof-failed");
                }));
  }

  @TestFactory
  Stream<DynamicTest> aKeyThatIsNotOfTheSuite() throws GeneralSecurityException {
    byte[] good = FakeSlot.keyPair(Suite.ECDSA_P256).getPublic().getEncoded();
    byte[] offCurve = good.clone();
    offCurve[good.length - 1] ^= 1;
    return Map.of(
            "of another curve", publicKey(Suite.ECDSA_P384),
            "of another family", publicKey(Suite.ED25519),
            "an RSA key", publicKey(Suite.RSA_2048),
            "a point of the largest curve", curve("secp521r1"),
            "with something behind it", Arrays.copyOf(good, good.length + 1),
            "cut short", Arrays.copyOf(good, good.length - 1),
            "not on its curve", offCurve,
            "nothing", new byte[0],
            "text", "-----BEGIN PUBLIC KEY-----".getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .entrySet()
        .stream()
        .map(e ->
            dynamicTest(
                e.getKey(),
                () -> {
                  var key = Bytes.of(e.getValue());
                  var act =
                      new KeyGenerated(
                          asked.command(), Scene.A, new KeyId("a1"), key, Bytes.of(good));
                  assertThat(s.story.refuse(act).code()).isIn("key-unusable", "proof-failed");
                }));
  }

  @Test
  void aKeyShorterThanItsSuiteIsNotAdopted() {
    Scene rsa = Scene.standby();
    rsa.story.accept(
        new StartRotation(
            Scene.USER, rsa.user().seen(), FormatSuite.x509(Suite.RSA_3072), "yearly", "p-1"));
    var wanted = rsa.asked(GenerateKey.class, Scene.A);
    var short2048 = rsa.story.slot(Scene.A).generates(wanted.command(), Suite.RSA_2048);
    var refusal = rsa.story.refuse(short2048);
    assertThat(refusal.code()).isEqualTo("key-unusable");
    assertThat(refusal.message()).contains("key " + short2048.key(), "2048", "3072");
    assertThat(rsa.story.house().outbox()).containsKey(wanted.command());
  }

  @Test
  void anRsaKeyHasTheSizeOfItsSuiteAndTheUsualExponent() throws GeneralSecurityException {
    assertThat(Proofs.flaw(Suite.RSA_2048, Bytes.of(publicKey(Suite.RSA_2048)))).isEmpty();
    assertThat(Proofs.flaw(Suite.RSA_3072, Bytes.of(publicKey(Suite.RSA_2048)))).isPresent();
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(2048, BigInteger.valueOf(3)));
    Bytes weak = Bytes.of(generator.generateKeyPair().getPublic().getEncoded());
    assertThat(Proofs.flaw(Suite.RSA_2048, weak)).contains("its public exponent is not 65537");
  }

  @Test
  void theFirstAnswerIsAdoptedAndEveryOtherKeyDestroyed() {
    KeyGenerated first = slot.generates(asked.command(), asked.suite());
    KeyGenerated second = slot.generates(asked.command(), asked.suite());
    var adopted = s.story.accept(first);
    assertThat(adopted.get(0)).isInstanceOf(KeyShown.class);
    assertThat(((KeyShown) adopted.get(0)).possession()).isEqualTo(first.possession());
    assertThat(adopted.get(1)).isInstanceOf(KeyAdopted.class);
    assertThat(s.story.accept(first)).hasOnlyElementsOfType(AnswerRepeated.class);
    var surplus = s.story.accept(second);
    assertThat(surplus.get(0)).isInstanceOf(KeyShown.class);
    assertThat(surplus.get(1)).isInstanceOf(SurplusKeyFound.class);
    assertThat(s.story.accept(second)).hasOnlyElementsOfType(AnswerRepeated.class);
    DestroyKey end = s.asked(DestroyKey.class, Scene.A);
    assertThat(end.key()).isEqualTo(second.key());
    assertThat(end.publicKey()).isEqualTo(second.publicKey());
    s.story.settle();
    assertThat(slot.keys()).containsKey(first.key()).doesNotContainKey(second.key());
    assertThat(s.story.accept(second)).hasOnlyElementsOfType(AnswerRepeated.class);
  }

  @Test
  void aKnownIdOrKeyIsNeverAdoptedAgain() {
    KeyId old = s.key(1, Scene.A).keyId().orElseThrow();
    KeyPair oldPair = slot.keys().get(old);
    KeyPair fresh = FakeSlot.keyPair(asked.suite());
    for (KeyGenerated act :
        new KeyGenerated[] {
          slot.proves(asked.command(), old, oldPair, asked.suite()),
          slot.proves(asked.command(), old, fresh, asked.suite()),
          slot.proves(asked.command(), new KeyId("a1"), oldPair, asked.suite())
        }) {
      assertThat(s.story.refuse(act).code()).isEqualTo("key-known");
    }
    // As an answer to the command that made it, too, it must be the very same key.
    var swapped = slot.proves(s.wish(1, Scene.A), old, fresh, asked.suite());
    assertThat(s.story.refuse(swapped).code()).isEqualTo("key-known");
  }

  @Test
  void aDestroyedKeyNeverComesBack() {
    Scene t = Scene.standby().completed();
    FakeSlot here = t.story.slot(Scene.A);
    KeyId id = t.key(1, Scene.A).keyId().orElseThrow();
    KeyPair pair = here.keys().get(id);
    CommandId wish = t.wish(1, Scene.A);
    t.story.now(t.story.now().plus(Duration.ofDays(8)));
    t.story.accept(new Act.TimePassed());
    t.story.settle();
    House destroyed = t.story.house();
    assertThat(t.story.accept(here.proves(wish, id, pair, Suite.ECDSA_P256)))
        .hasOnlyElementsOfType(AnswerRepeated.class);
    assertThat(t.story.house().authorities()).isEqualTo(destroyed.authorities());
    t.started();
    var next = t.asked(GenerateKey.class, Scene.A);
    assertThat(t.story.refuse(here.proves(next.command(), id, pair, next.suite())).code())
        .isEqualTo("key-known");
    var renamed = here.proves(next.command(), new KeyId("a1"), pair, next.suite());
    assertThat(t.story.refuse(renamed).code()).isEqualTo("key-known");
  }

  @Test
  void onlyTheKeyThatWasToGoIsGone() {
    s.story.accept(slot.generates(s.wish(1, Scene.A), Suite.ECDSA_P256));
    DestroyKey end = s.asked(DestroyKey.class, Scene.A);
    KeyId kept = s.key(1, Scene.A).keyId().orElseThrow();
    assertThat(s.story.refuse(new KeyGone(end.command(), Scene.A, kept, true)).code())
        .isEqualTo("answer-unfit");
    assertThat(s.story.house().outbox()).containsKey(end.command());
  }

  @Test
  void whatATokenSaysOfItsTroublesIsFitForATerminal() {
    s.story.accept(
        new KeyCommandRefused(
            asked.command(),
            Scene.A,
            "full\u001b[2J",
            "no room\n\u202eleft" + "x".repeat(5_000),
            true));
    Key.Failure failure = s.key(2, Scene.A).lastFailure().orElseThrow();
    assertThat(failure.code()).isEqualTo("full?[2J");
    assertThat(failure.detail()).startsWith("no room??left").hasSize(1_000);
    assertThat(s.story.refuse(s.advance()).message()).contains("no room??left");
  }

  @Test
  void aFailureIsForgottenOnceTheKeyComes() {
    s.story.accept(new KeyCommandRefused(asked.command(), Scene.A, "token-full", "no room", true));
    assertThat(s.story.house().outbox()).containsKey(asked.command());
    s.keyOfSlotA();
    assertThat(s.key(2, Scene.A).lastFailure()).isEmpty();
  }

  private String refusal(io.carousel.events.seal.KnownAuthor author, Act act) {
    return ((Decision.Refused) s.story.weigh(author, act)).why().code();
  }

  private static byte[] publicKey(Suite suite) {
    return FakeSlot.keyPair(suite).getPublic().getEncoded();
  }

  private static byte[] curve(String name) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(name));
    return generator.generateKeyPair().getPublic().getEncoded();
  }
}
