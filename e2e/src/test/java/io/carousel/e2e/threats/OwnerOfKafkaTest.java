package io.carousel.e2e.threats;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.topics.Topic;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
import io.carousel.orchestrator.desk.StrayRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who controls Kafka can write any bytes into any topic, and copies of all that was ever there. It
 * stops nothing, changes nothing, and is named.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class OwnerOfKafkaTest {
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final List<String> TOPICS =
      Stream.of(
              Topic.EVENTS.topicName(),
              Topic.COMMANDS.topicName(),
              Topic.REPLIES.topicName(),
              Topic.RESULTS.topicName(),
              Topic.FLEET.topicName(),
              Topic.EVIDENCE.topicName(),
              Topic.DEAD.topicName(),
              Topic.KEYS.of(SLOT),
              Topic.LEAVES.of(SLOT))
          .toList();

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();
  private EmbeddedBroker broker;
  private Orchestrator orchestrator;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void start() throws IOException {
    broker = EmbeddedBroker.on(folder.resolve("kafka"));
    broker.start();
    orchestrator = orchestrator();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "max.block.ms", 60_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void stop() throws IOException {
    producer.close(Duration.ofSeconds(5));
    orchestrator.close();
    broker.close();
  }

  private Orchestrator orchestrator() throws IOException {
    Path own = Files.createDirectories(folder.resolve("orchestrator"));
    return Orchestrator.start(
        new OrchestratorConfig(
            broker.bootstrap(),
            1,
            new AuthorName("orchestrator-1"),
            own,
            true,
            0,
            folder.resolve("api.secret"),
            Duration.ofSeconds(30)));
  }

  @Test
  void bytesInAnyTopicStopNothingAndAreNamed() throws Exception {
    register(SLOT.value());
    for (String topic : TOPICS) {
      garbage(topic);
    }
    register("hsm-b");
    List<ConsumerRecord<byte[], byte[]>> all = everything();
    all.forEach(r -> send(r.topic(), r));
    // Copies elsewhere, too: what was signed for one topic counts in no other.
    all.forEach(r -> send(Topic.EVENTS.topicName(), r));
    producer.flush();
    long began = System.nanoTime();
    register("hsm-c");
    System.out.printf(
        "a command behind %d copied records: %.1f s%n",
        2 * all.size(), (System.nanoTime() - began) / 1e9);

    assertThat(orchestrator.broken()).isNotDone();
    assertThat(slots()).containsExactly("hsm-a", "hsm-b", "hsm-c");
    assertThat(orchestrator.frontDesk().strays())
        .extracting(StrayRun::kind)
        .contains("unsigned", "repeated");
    assertThat(orchestrator.frontDesk().warnings())
        .anyMatch(w -> w.contains("no part of the history"));
    restartedItIsTheSame();
  }

  private void restartedItIsTheSame() throws IOException {
    orchestrator.close();
    orchestrator = orchestrator();
    assertThat(slots()).containsExactly("hsm-a", "hsm-b", "hsm-c");
    register("hsm-d");
    orchestrator.close();
    Files.delete(folder.resolve("orchestrator").resolve("snapshot"));
    orchestrator = orchestrator();
    assertThat(slots()).containsExactly("hsm-a", "hsm-b", "hsm-c", "hsm-d");
    register("hsm-e");
    assertThat(orchestrator.frontDesk().strays()).isNotEmpty();
  }

  private List<String> slots() {
    return orchestrator.frontDesk().house().slots().keySet().stream().map(SlotName::value).toList();
  }

  private void register(String slot) {
    byte[] fresh = new byte[10];
    random.nextBytes(fresh);
    Reply reply =
        orchestrator
            .frontDesk()
            .ask(
                CommandId.of(Instant.now(), fresh),
                new OperatorAct.RegisterSlot(new SlotName(slot), "softhsm", "one disk", "mallory"));
    assertThat(reply).isInstanceOf(Reply.Accepted.class);
  }

  private void garbage(String topic) {
    send(topic, null, null);
    send(topic, null, new byte[0]);
    send(topic, new byte[] {(byte) 0xff}, new byte[] {(byte) 0xfe});
    send(topic, null, "{\"event\":".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    send(topic, null, new byte[200_000]);
    producer.flush();
  }

  private void send(String topic, byte[] key, byte[] value) {
    var _ = producer.send(new ProducerRecord<>(topic, 0, key, value));
  }

  private void send(String topic, ConsumerRecord<byte[], byte[]> r) {
    var _ = producer.send(new ProducerRecord<>(topic, 0, r.key(), r.value(), r.headers()));
  }

  /** Committed or not. */
  private List<ConsumerRecord<byte[], byte[]>> everything() {
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap());
    var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var reader =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> places =
          TOPICS.stream()
              .flatMap(t -> reader.partitionsFor(t).stream())
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      reader.assign(places);
      reader.seekToBeginning(places);
      Map<TopicPartition, Long> ends = reader.endOffsets(places);
      while (places.stream().anyMatch(p -> reader.position(p) < ends.get(p))) {
        reader.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }
}
