package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.BundleSigned;
import io.carousel.events.AuthorityEvent.CaCertificateIssued;
import io.carousel.events.AuthorityEvent.CaCertificateRequested;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.ExpectedKey;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.SlotInspected;
import io.carousel.events.HouseEvent.UnorderedAnswer;
import io.carousel.events.HouseEvent.UnorderedCommandRefused;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.ParticipantName;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignBundle;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCaRequest;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.TrustStatement;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.seal.Author;
import io.carousel.events.topics.Topic;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holds one orchestrator's key and reaches Kafka: gets no key-level work that no event ordered. */
@Timeout(300)
class OrchestratorKeyTest {
  @TempDir private static Path folder;
  private static Node node;
  private static StolenKey stolen;
  private static KeyAdopted key;
  private static Suite suite;

  @BeforeAll
  static void open() throws Exception {
    node = Node.listening(folder);
    Path data = folder.resolve("data");
    stolen = new StolenKey(data, data.resolve("orchestrator/identity.key"), Optional.empty());
    key = stolen.heard(KeyAdopted.class, e -> e.format() == Format.X509);
    suite = stolen.heard(KeyRequested.class, e -> e.command().equals(key.command())).suite();
  }

  @AfterAll
  static void close() throws Exception {
    stolen.close();
    node.close();
  }

  private static SlotName slot() {
    return key.slot();
  }

  /** It is an alarm that names what was asked, by whom, of which key. */
  private static void alarmed(KeyCommand command, String what) {
    stolen.command(command);
    UnorderedCommandRefused told = stolen.alarm(command);
    assertThat(told.detail()).contains(what);
    assertThat(told.author()).isEqualTo(stolen.name());
    assertThat(told.slot()).isEqualTo(slot());
  }

  @Test
  void signingKeyIsNotDestroyed() {
    alarmed(
        new DestroyKey(
            stolen.newId(),
            1,
            key.authority(),
            key.generation(),
            slot(),
            Format.X509,
            key.key(),
            key.publicKey()),
        "destroy key " + key.key());
    assertThat(stolen.events(KeyDestroyed.class)).isEmpty();
    // The key is there and signs: an inspection has it make a trial.
    assertThat(node.cli().done("slot", "check", slot().value())).doesNotContain("missing");
    assertThat(stolen.events(SlotInspected.class).getLast().report().keys())
        .filteredOn(k -> k.key().equals(key.key()))
        .singleElement()
        .satisfies(k -> assertThat(k.trial()).isPresent());
  }

  @Test
  void inventedBundleIsNotSigned() {
    var statement =
        new TrustStatement(
            AuthorityName.BUILT_IN,
            777,
            List.of(Digest.of(new byte[] {7})),
            Digest.of(new byte[] {8}));
    alarmed(
        new SignBundle(
            stolen.newId(),
            1,
            AuthorityName.BUILT_IN,
            key.generation(),
            slot(),
            key.key(),
            key.publicKey(),
            suite,
            statement),
        "sign trust bundle 777");
    assertThat(stolen.events(BundleSigned.class)).noneMatch(b -> b.statement().equals(statement));
  }

  @Test
  void noOtherWorkOnKeysIsDone() {
    CaCertificateRequested asked = stolen.events(CaCertificateRequested.class).getFirst();
    CaCertificateIssued issued = stolen.events(CaCertificateIssued.class).getFirst();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    int shown = stolen.events(KeyShown.class).size();
    alarmed(
        new GenerateKey(
            stolen.newId(), 1, key.authority(), 9, slot(), Format.X509, Suite.ECDSA_P256),
        "make a");
    alarmed(
        new SignCaCertificate(
            stolen.newId(),
            1,
            key.authority(),
            key.generation(),
            slot(),
            key.key(),
            key.publicKey(),
            suite,
            asked.draft()),
        "sign a CA certificate");
    alarmed(
        new SignCaRequest(
            stolen.newId(),
            1,
            key.authority(),
            key.generation(),
            slot(),
            key.key(),
            key.publicKey(),
            suite,
            "CN=mine"),
        "sign a request");
    alarmed(
        new SignCrl(
            stolen.newId(),
            1,
            key.authority(),
            key.generation(),
            slot(),
            key.key(),
            key.publicKey(),
            suite,
            issued.certificate(),
            new CrlDraft(CrlNumber.of(99), now, now.plusSeconds(3600), List.of())),
        "sign a CRL");
    alarmed(
        new InspectToken(
            stolen.newId(),
            1,
            slot(),
            List.of(new ExpectedKey(key.key(), key.publicKey().digest(), suite))),
        "try 1 keys");
    assertThat(stolen.events(KeyShown.class)).hasSize(shown);
    assertThat(stolen.events(UnorderedAnswer.class)).isEmpty();
  }

  /** Whoever owns Kafka has each genuine command too, signed and all. */
  @Test
  void genuineCommandsReplayIntoNothing() {
    int shown = stolen.events(KeyShown.class).size();
    stolen
        .records(Topic.KEYS.of(slot()))
        .forEach(r -> {
          var again = new ProducerRecord<>(r.topic(), r.key(), r.value());
          r.headers().forEach(again.headers()::add);
          stolen.replay(again);
        });
    // An inspection that is ordered comes after all of them.
    int before = stolen.events(SlotInspected.class).size();
    node.cli().done("slot", "check", slot().value());
    assertThat(stolen.events(SlotInspected.class)).hasSize(before + 1);
    assertThat(stolen.events(KeyShown.class)).hasSize(shown);
    assertThat(stolen.events(UnorderedAnswer.class)).isEmpty();
  }

  private static SignLeaf varied(SignLeaf genuine, UnaryOperator<LeafOrder> change) {
    return new SignLeaf(
        change.apply(genuine.order()),
        genuine.issuer(),
        genuine.publicKey(),
        genuine.names(),
        genuine.distribution());
  }

  private static LeafOrder order(
      LeafOrder o, int generation, KeyId caKey, Instant notAfter, long phase, Instant deadline) {
    byte[] serial = new byte[15];
    new SecureRandom().nextBytes(serial);
    return new LeafOrder(
        stolen.newId(),
        o.authority(),
        generation,
        o.slot(),
        caKey,
        o.suite(),
        new ParticipantName("ghost"),
        o.identity(),
        o.profile(),
        Serial.of(new BigInteger(1, serial)),
        o.notBefore(),
        notAfter,
        phase,
        deadline);
  }

  /** The profiles bound it, and so does the phase; what fits both is there for everybody to see. */
  @Test
  void credentialsBeyondTheProfilesAreRefusedAndOthersAreSeen() {
    SlotName slot = stolen.heardLeaf();
    SignLeaf genuine = stolen.leaf(slot);
    LeafOrder o = genuine.order();
    Instant soon = Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
    Instant years = o.notBefore().plus(Duration.ofDays(3650));
    Map<String, LeafOrder> beyond =
        Map.of(
            "of ten years",
            order(o, o.generation(), o.key(), years, o.phaseSequence(), soon),
            "of another generation",
            order(o, 9, o.key(), o.notAfter(), o.phaseSequence(), soon),
            "of a phase that is not",
            order(o, o.generation(), o.key(), o.notAfter(), 1, soon),
            "late",
            order(o, o.generation(), o.key(), o.notAfter(), o.phaseSequence(), o.notBefore()),
            "by another key",
            order(o, o.generation(), new KeyId("a1"), o.notAfter(), o.phaseSequence(), soon));
    beyond.values().forEach(order -> stolen.command(varied(genuine, _ -> order)));
    beyond.forEach((what, order) ->
        assertThat(stolen.answered(order.command()))
            .as(what)
            .isInstanceOf(LeafResult.LeafRefused.class));
    LeafOrder within = order(o, o.generation(), o.key(), o.notAfter(), o.phaseSequence(), soon);
    stolen.command(varied(genuine, _ -> within));
    assertThat(stolen.answered(within.command()))
        .isInstanceOfSatisfying(
            LeafResult.LeafSigned.class,
            signed -> assertThat(signed.participant().value()).isEqualTo("ghost"));
  }

  /** Its key is no worker's: what it says in a worker's place is refused, counted and no result. */
  @Test
  void answersInAWorkersPlaceCountForNothing() {
    stolen.act(slot().value(), new KeyGone(stolen.newId(), slot(), key.key(), true));
    ActRefused refused =
        stolen.heard(ActRefused.class, e -> e.act().equals("carousel.key-gone.v1"));
    assertThat(refused.reason()).contains(stolen.name().value());
    assertThat(stolen.events(KeyDestroyed.class)).isEmpty();
    LeafOrder o = stolen.leaf(stolen.heardLeaf()).order();
    stolen.result(
        new LeafResult.LeafSigned(
            stolen.newId(),
            o.authority(),
            o.generation(),
            o.slot(),
            new ParticipantName("ghost"),
            o.identity(),
            Format.X509,
            o.profile(),
            o.serial(),
            key.publicKey().digest(),
            o.notAfter(),
            Digest.of(new byte[] {1}),
            key.publicKey()));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(StolenKey.refusals(node)).contains("result-of-another-slot"));
  }

  /**
   * Operators do not sign their commands yet, so an orchestrator's key can give them; each is an
   * event. What it enrols can ask for no more than it can itself, and is named in the alarm.
   */
  @Test
  void whoeverItEnrolsIsInTheLogAndGetsNoFurther() throws Exception {
    var mallory = new AuthorName("mallory");
    KeyPair own = Author.newKey();
    stolen.act(
        "operator",
        new EnrolAuthor(
            mallory,
            AuthorRole.ORCHESTRATOR,
            Optional.empty(),
            Bytes.of(own.getPublic().getEncoded()),
            "nobody"));
    stolen.heard(AuthorEnrolled.class, e -> e.author().equals(mallory));
    assertThat(node.cli().done("log", "--all")).contains("mallory");
    try (var second = stolen.as(mallory, own)) {
      DestroyKey asked =
          new DestroyKey(
              second.newId(),
              1,
              key.authority(),
              key.generation(),
              slot(),
              Format.X509,
              key.key(),
              key.publicKey());
      second.command(asked);
      assertThat(second.alarm(asked).author()).isEqualTo(mallory);
    }
    assertThat(stolen.events(KeyDestroyed.class)).isEmpty();
  }
}
