package io.carousel.e2e.threats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.openssh.Tool;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log is forked by an orchestrator's key; the steps of docs/recovery.md bring service back. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class RecoveryTest {
  private static final Path PAGE = Path.of("../docs/recovery.md");
  private static final Pattern STEPS =
      Pattern.compile(
          "^```sh\\n(carousel copy-log .*?)\\n```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern OFFSET = Pattern.compile("at offset (\\d+)");

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(one);
    return one;
  }

  private EmbeddedBroker broker(String name) throws IOException {
    var broker = keep(EmbeddedBroker.on(folder.resolve(name)));
    broker.start();
    return broker;
  }

  private OrchestratorConfig config(EmbeddedBroker broker) throws IOException {
    Path own = Files.createDirectories(folder.resolve("orchestrator"));
    return new OrchestratorConfig(
        broker.bootstrap(),
        1,
        new AuthorName("orchestrator-1"),
        own,
        true,
        0,
        folder.resolve("api.secret"),
        Duration.ofSeconds(30));
  }

  @Test
  void stepsOfThePageBringServiceBack() throws Exception {
    EmbeddedBroker old = broker("old");
    OrchestratorConfig config = config(old);
    var orchestrator = keep(Orchestrator.start(config));
    register(orchestrator, "hsm-a");
    register(orchestrator, "hsm-b");
    fork(old, config);
    // A leader reads what others wrote before it writes on.
    Thread.ofVirtual().start(() -> ask(orchestrator, "hsm-lost"));
    Throwable why = orchestrator.broken().get(60, TimeUnit.SECONDS);
    assertThat(why).hasMessageContaining("the log was forked");
    Matcher offset = OFFSET.matcher(why.getMessage());
    assertThat(offset.find()).isTrue();
    orchestrator.close();

    EmbeddedBroker other = broker("new");
    Matcher steps = STEPS.matcher(Files.readString(PAGE, UTF_8));
    assertThat(steps.find()).isTrue();
    String command =
        steps
            .group(1)
            .replace("OLD:9092", old.bootstrap())
            .replace("NEW:9092", other.bootstrap())
            .replace("OFFSET", offset.group(1));
    assertThat(carousel(command)).contains("carousel.events: ", " 1 left out");

    var again = keep(Orchestrator.start(config(other)));
    register(again, "hsm-c");
    assertThat(again.frontDesk().house().slots().keySet().stream().map(SlotName::value))
        .contains("hsm-a", "hsm-b", "hsm-c");
    assertThat(again.broken()).isNotDone();
  }

  private static String carousel(String command) {
    String program =
        "%s -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' io.carousel.deploy.Carousel"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"));
    return Tool.run(List.of("sh", "-ec", command.replaceFirst("^carousel", program))).good();
  }

  private void register(Orchestrator through, String slot) {
    assertThat(ask(through, slot)).isInstanceOf(Reply.Accepted.class);
  }

  private Reply ask(Orchestrator through, String slot) {
    byte[] fresh = new byte[10];
    random.nextBytes(fresh);
    return through
        .frontDesk()
        .ask(
            CommandId.of(Instant.now(), fresh),
            new OperatorAct.RegisterSlot(new SlotName(slot), "softhsm", "one disk", "op"));
  }

  /** Whoever has the key of an orchestrator signs another record in the place of the last. */
  private void fork(EmbeddedBroker broker, OrchestratorConfig config) throws Exception {
    ConsumerRecord<byte[], byte[]> last = events(broker).getLast();
    String source = header(last, Message.SOURCE);
    var house = new io.carousel.events.HouseId(source.split("/")[2]);
    var author = new Author(house, config.name(), AuthorKeyFile.readOrCreate(config.identity()));
    Instant now = Instant.now();
    var typed = Wire.CURRENT.write(new HouseEvent.FeatureLevelRaised(1, "mallory", now));
    Message draft =
        author.draft(
            Topic.EVENTS.topicName(),
            null,
            "forged",
            typed.type(),
            now,
            typed.value(),
            Map.of(
                Message.SEQUENCE,
                header(last, Message.SEQUENCE),
                Message.PREVIOUS_HASH,
                header(last, Message.PREVIOUS_HASH),
                Message.POSITION,
                "0",
                Message.RULE_VERSION,
                "1"));
    Message sealed = author.seal(List.of(draft)).getFirst();
    var record = new ProducerRecord<byte[], byte[]>(sealed.topic(), 0, null, sealed.value());
    sealed.headers().forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static List<ConsumerRecord<byte[], byte[]>> events(EmbeddedBroker broker) {
    var place = new TopicPartition(Topic.EVENTS.topicName(), 0);
    var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var reader =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      reader.assign(List.of(place));
      reader.seekToBeginning(List.of(place));
      long end = reader.endOffsets(List.of(place)).get(place);
      while (reader.position(place) < end) {
        reader.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }
}
