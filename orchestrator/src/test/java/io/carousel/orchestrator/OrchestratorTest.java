package io.carousel.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Examples;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseId;
import io.carousel.events.KeyPlace;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.OperatorAct;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.OperatorAct.EnrolAuthor;
import io.carousel.events.OperatorAct.RegisterSlot;
import io.carousel.events.Policy;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Author;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.log.BrokerUnreachable;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.MessageWriter;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One orchestrator, whole, on a real broker; the workers' side is played here. */
class OrchestratorTest {
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final AuthorityName USER = new AuthorityName("user");

  @TempDir static Path folder;
  private static Broker broker;
  private static Orchestrator orchestrator;

  @BeforeAll
  static void start() throws Exception {
    broker = Broker.fresh(Map.of());
    orchestrator = Orchestrator.start(config("orchestrator-1", broker.bootstrap()));
    accepted(new RegisterSlot(SLOT, "libsofthsm2.so", "none", "p-1"));
    accepted(
        new EnrolAuthor(
            new AuthorName("worker-hsm-a"),
            AuthorRole.WORKER,
            Optional.of(SLOT),
            Bytes.of(Author.newKey().getPublic().getEncoded()),
            "p-1"));
  }

  @AfterAll
  static void stop() {
    orchestrator.close();
    broker.close();
  }

  @Test
  void aKeyCommandThatNoWorkerFinishesIsRecordedAsFailedAndStands() {
    accepted(
        new CreateAuthority(
            USER, FormatSuite.x509(Suite.ECDSA_P256), List.of(SLOT), Policy.DEFAULT, "p-1"));
    CommandId asked = desk().house().outbox().firstKey();
    try (var worker = worker()) {
      worker.subscribe(List.of(Topic.KEYS.of(SLOT)));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            for (ConsumerRecord<byte[], byte[]> command : worker.poll(Duration.ofMillis(200))) {
              worker.acknowledge(command, AcknowledgeType.REJECT);
            }
            worker.commitSync();
            return failure().isPresent();
          });
    }
    assertThat(failure().orElseThrow().code()).isEqualTo("undeliverable");
    assertThat(desk().house().outbox()).containsKey(asked);
  }

  /** Whoever can write to Kafka can write to a slot's topic; its worker throws it away. */
  @Test
  void aCommandThatNobodySignedRaisesAnAlarm() throws Exception {
    try (var producer =
            new org.apache.kafka.clients.producer.KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap()),
                new org.apache.kafka.common.serialization.ByteArraySerializer(),
                new org.apache.kafka.common.serialization.ByteArraySerializer());
        var worker = worker()) {
      worker.subscribe(List.of(Topic.KEYS.of(SLOT)));
      producer
          .send(
              new org.apache.kafka.clients.producer.ProducerRecord<byte[], byte[]>(
                  Topic.KEYS.of(SLOT), new byte[] {1, 2, 3}))
          .get();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            for (ConsumerRecord<byte[], byte[]> command : worker.poll(Duration.ofMillis(200))) {
              worker.acknowledge(
                  command,
                  command.value().length == 3 ? AcknowledgeType.REJECT : AcknowledgeType.RELEASE);
            }
            worker.commitSync();
            return desk().house().slots().get(SLOT).refusals().containsKey("forged");
          });
    }
    assertThat(desk().house().slots().get(SLOT).refusals().get("forged").count()).isEqualTo(1);
  }

  @Test
  void aSecondInstanceKnowsTheSameAndAnswersForTheOwner() throws Exception {
    var identity = config("orchestrator-2", broker.bootstrap());
    java.nio.file.Files.createDirectories(identity.folder());
    java.nio.file.Files.copy(
        config("orchestrator-1", "").folder().resolve("house.id"),
        identity.folder().resolve("house.id"));
    accepted(
        new EnrolAuthor(
            new AuthorName("orchestrator-2"),
            AuthorRole.ORCHESTRATOR,
            Optional.empty(),
            Bytes.of(
                io.carousel.events.seal.AuthorKeyFile.readOrCreate(identity.identity())
                    .getPublic()
                    .getEncoded()),
            "p-1"));
    try (Orchestrator second = Orchestrator.start(identity)) {
      CommandId id = id();
      var act = new RegisterSlot(new SlotName("hsm-x"), "libsofthsm2.so", "none", "p-1");
      Reply there = second.frontDesk().ask(id, act);
      assertThat(there).isInstanceOf(Reply.Accepted.class);
      assertThat(desk().ask(id, act)).isEqualTo(there);
      var other = new RegisterSlot(new SlotName("hsm-y"), "libsofthsm2.so", "none", "p-1");
      assertThat(desk().ask(id, other)).isInstanceOf(Reply.Refused.class);
      await().until(() -> second.frontDesk().house().equals(desk().house()));
    }
  }

  /** Its worker is enrolled for the slot, and nobody asked it for anything. */
  @Test
  void aResultOfACommandThatNobodyWroteIsRefusedAndCounted() {
    HouseId house = desk().house().id().orElseThrow();
    var rogue = new Author(house, new AuthorName("worker-rogue"), Author.newKey());
    accepted(
        new EnrolAuthor(
            rogue.name(), AuthorRole.WORKER, Optional.of(SLOT), rogue.publicKey(), "p-1"));
    write(rogue);
    await()
        .untilAsserted(() ->
            assertThat(desk().refusals().counts()).containsEntry(Refusals.RESULT_UNASKED, 1L));
  }

  /** Whatever else it says: a slot's own workers alone say what the slot has signed. */
  @Test
  void aResultOfAStrangerOrOfAnotherSlotsWorkerIsRefusedAndCounted() {
    HouseId house = desk().house().id().orElseThrow();
    var slot = new SlotName("hsm-other");
    var other = new Author(house, new AuthorName("worker-hsm-other"), Author.newKey());
    var stranger = new Author(house, new AuthorName("worker-hsm-a"), Author.newKey());
    accepted(new RegisterSlot(slot, "libsofthsm2.so", "none", "p-1"));
    accepted(
        new EnrolAuthor(
            other.name(), AuthorRole.WORKER, Optional.of(slot), other.publicKey(), "p-1"));
    write(other);
    write(stranger);
    await()
        .untilAsserted(() ->
            assertThat(desk().refusals().counts())
                .containsEntry(Refusals.RESULT_OF_ANOTHER_SLOT, 1L)
                .containsEntry(Refusals.RESULT_FORGED, 1L));
  }

  private static void write(Author by) {
    LeafSigned result =
        Examples.records().stream()
            .filter(LeafSigned.class::isInstance)
            .map(LeafSigned.class::cast)
            .findFirst()
            .orElseThrow();
    var typed = Wire.CURRENT.write(result);
    try (var writer = new MessageWriter(Cluster.local(broker.bootstrap()), by)) {
      writer
          .write(
              by.draft(
                  Topic.RESULTS.topicName(),
                  "user/1",
                  result.answers().value(),
                  typed.type(),
                  Instant.now(),
                  typed.value()))
          .join();
    }
  }

  @Test
  void aReplayByASeparateReaderGivesTheSameBytes() {
    await()
        .untilAsserted(() ->
            assertThat(Replay.run(broker.bootstrap(), Optional.empty()).state())
                .isEqualTo(new HouseCodec().write(desk().house())));
  }

  @Test
  void saysSoIfThereIsNoBroker() throws Exception {
    int free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    String nobody = "127.0.0.1:" + free;
    assertThatThrownBy(() -> Orchestrator.start(config("orchestrator-3", nobody)))
        .isInstanceOf(BrokerUnreachable.class)
        .hasMessageContaining(nobody);
  }

  private static Optional<Key.Failure> failure() {
    return desk()
        .house()
        .authority(USER)
        .orElseThrow()
        .generations()
        .get(1)
        .keys()
        .get(KeyPlace.of(SLOT, Format.X509))
        .lastFailure();
  }

  private static KafkaShareConsumer<byte[], byte[]> worker() {
    return new KafkaShareConsumer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrap(),
            "group.id",
            SigningGroup.keys(SLOT),
            "share.acknowledgement.mode",
            "explicit"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private static FrontDesk desk() {
    return orchestrator.frontDesk();
  }

  private static void accepted(OperatorAct act) {
    assertThat(desk().ask(id(), act)).isInstanceOf(Reply.Accepted.class);
  }

  private static CommandId id() {
    byte[] random = new byte[10];
    new SecureRandom().nextBytes(random);
    return CommandId.of(Instant.now(), random);
  }

  private static OrchestratorConfig config(String name, String bootstrap) {
    return new OrchestratorConfig(
        bootstrap,
        1,
        new AuthorName(name),
        folder.resolve(name),
        true,
        0,
        folder.resolve(name + ".secret"),
        Duration.ofSeconds(5));
  }
}
