package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent.ActRefused;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.SlotThawed;
import io.carousel.events.HouseEvent.UnorderedAnswer;
import io.carousel.events.LeafOrder;
import io.carousel.events.LeafResult;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.RemoveAuthor;
import io.carousel.events.OperatorAct.ThawSlot;
import io.carousel.events.ParticipantName;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.WorkerAct.BundleSignatureMade;
import io.carousel.events.WorkerAct.CrlSigned;
import io.carousel.events.WorkerAct.KeyGone;
import io.carousel.events.seal.Author;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Holds a worker's host, and so the key by which it signs its answers. */
@Timeout(300)
class WorkerHostTest {
  private static final int FLOOD = 200;

  @TempDir private static Path folder;
  private static Node node;
  private static StolenKey stolen;
  private static KeyAdopted key;

  @BeforeAll
  static void open() throws Exception {
    node = Node.listening(folder);
    Path data = folder.resolve("data");
    AuthorEnrolled worker;
    try (var reader =
        new StolenKey(data, data.resolve("orchestrator/identity.key"), Optional.empty())) {
      key = reader.heard(KeyAdopted.class, e -> e.format() == Format.X509);
      worker =
          reader.heard(
              AuthorEnrolled.class,
              e -> e.role() == AuthorRole.WORKER && e.slot().equals(Optional.of(key.slot())));
    }
    stolen =
        new StolenKey(
            data,
            data.resolve("slots").resolve(key.slot().value()).resolve("identity.key"),
            Optional.of(worker.author()));
  }

  @AfterAll
  static void close() throws Exception {
    stolen.close();
    node.close();
  }

  /** Each says what happened, and a flood leaves one event a minute. */
  @Test
  void answersThatNobodyOrderedAreAnAlarmAndChangeNothing() {
    for (int i = 0; i < FLOOD; i++) {
      stolen.act(key.slot().value(), new KeyGone(stolen.newId(), key.slot(), key.key(), true));
    }
    UnorderedAnswer told =
        stolen.heard(UnorderedAnswer.class, e -> e.act().equals("carousel.key-gone.v1"));
    assertThat(told.detail()).isEqualTo("destroyed key " + key.key());
    assertThat(told.worker()).isEqualTo(stolen.name());
    stolen.act(
        key.slot().value(),
        new BundleSignatureMade(stolen.newId(), key.slot(), Bytes.of(new byte[64])));
    stolen.heard(UnorderedAnswer.class, e -> e.act().equals("carousel.bundle-signature-made.v1"));
    assertThat(stolen.events(UnorderedAnswer.class)).hasSizeLessThan(5);
    assertThat(stolen.events(KeyDestroyed.class)).isEmpty();
    assertThat(node.cli().done("log", "--all")).contains("ALARM: worker");
  }

  /** A worker speaks for its slot, and for nobody else. */
  @Test
  void itSpeaksForNoOtherSlotNorForOperators() {
    SlotName other = stolen.heard(KeyAdopted.class, e -> !e.slot().equals(key.slot())).slot();
    stolen.act(other.value(), new CrlSigned(stolen.newId(), other, Bytes.of(new byte[64])));
    assertThat(stolen.heard(ActRefused.class, e -> e.act().equals("carousel.crl-signed.v1")).code())
        .isEqualTo("not-authorised");
    stolen.act("operator", new ThawSlot(key.slot(), "mine", "nobody"));
    stolen.act("operator", new RemoveAuthor(stolen.name(), "mine", "nobody"));
    stolen.act(
        "operator",
        new EnrolAuthor(
            new AuthorName("mallory"),
            AuthorRole.ORCHESTRATOR,
            Optional.empty(),
            Bytes.of(Author.newKey().getPublic().getEncoded()),
            "nobody"));
    for (String act : List.of("thaw-slot", "remove-author", "enrol-author")) {
      ActRefused refused =
          stolen.heard(ActRefused.class, e -> e.act().equals("carousel.%s.v1".formatted(act)));
      assertThat(refused.code()).as(act).isEqualTo("not-authorised");
      assertThat(refused.reason()).contains(stolen.name().value());
    }
    assertThat(stolen.events(AuthorEnrolled.class))
        .noneMatch(e -> e.author().value().equals("mallory"));
  }

  /** Only orchestrators ask; what a worker asks of another is no command. */
  @Test
  void itAsksNoOtherSlotForAnything() throws Exception {
    KeyAdopted there = stolen.heard(KeyAdopted.class, e -> !e.slot().equals(key.slot()));
    stolen.command(
        new DestroyKey(
            stolen.newId(),
            1,
            there.authority(),
            there.generation(),
            there.slot(),
            there.format(),
            there.key(),
            there.publicKey()));
    SignLeaf genuine = stolen.leaf(stolen.heardLeaf());
    stolen.command(genuine);
    assertThat(node.cli().done("slot", "check", there.slot().value())).doesNotContain("missing");
    assertThat(stolen.events(KeyDestroyed.class)).isEmpty();
    assertThat(stolen.answers(genuine.command())).isEqualTo(1);
  }

  /** It has the key to sign; but a credential that nobody asked for is in no register. */
  @Test
  void aResultThatNobodyAskedForIsCountedAndNoCredential() {
    LeafOrder o = stolen.leaf(stolen.heardLeaf()).order();
    stolen.result(
        new LeafResult.LeafSigned(
            stolen.newId(),
            o.authority(),
            o.generation(),
            key.slot(),
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
        .untilAsserted(() -> assertThat(StolenKey.refusals(node)).contains("result-"));
  }

  /** The log has one kind of writer. */
  @Test
  void whatItWritesIntoTheLogIsPassedOver() throws Exception {
    stolen.event(new SlotThawed(key.slot(), "mine", "nobody", Instant.now()));
    // The next command is decided behind it.
    node.cli().done("fleet", "token", "list");
    node.cli().done("authority", "create", "after-it");
    assertThat(node.cli().done("log", "--all")).contains("no part of the history");
  }
}
