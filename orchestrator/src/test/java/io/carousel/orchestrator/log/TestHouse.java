package io.carousel.orchestrator.log;

import static org.awaitility.Awaitility.await;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.CommandId;
import io.carousel.events.HouseId;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.History;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Placed;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Unplaced;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** A house on the shared broker: its own topics, its own folder, as many instances as wanted. */
final class TestHouse implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final SecureRandom RANDOM = new SecureRandom();

  final HouseId id;
  final Cluster cluster;
  final Path folder;
  final Map<String, Author> authors = new HashMap<>();
  final List<Instance> instances = new ArrayList<>();
  LogConfig.Pace pace = LogConfig.Pace.DEFAULT;
  InstantSource clock = InstantSource.system();

  TestHouse() {
    this(Broker.shared());
  }

  TestHouse(Broker broker) {
    this(Cluster.local(broker.bootstrap()));
  }

  TestHouse(Cluster on) {
    this(new HouseId(UUID.randomUUID().toString().replace("-", "")), on);
  }

  private TestHouse(HouseId id, Cluster on) {
    this.id = id;
    this.cluster = on.prefix().isEmpty() ? on.under("h" + id.value().substring(0, 12) + ".") : on;
    try {
      folder = Files.createTempDirectory("carousel-log");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TopicSetup.ensure(cluster, List.of());
  }

  /** One instance, its rules, and what its watcher was told. */
  final class Instance implements AutoCloseable, Watcher {
    final Slots rules = new Slots();
    final Author author;
    final CompletableFuture<ImpossibleHistory> impossible = new CompletableFuture<>();
    final CompletableFuture<Throwable> failed = new CompletableFuture<>();
    ControlLog<List<String>> log;
    private ActSender sender;

    Instance(String name, boolean founds, Cuts cuts) {
      author = author(name);
      log =
          ControlLog.open(
              config(name, founds), author, rules, Optional.of(Slots.CODEC), this, clock, cuts);
    }

    Chronicle<List<String>> chronicle() {
      return log.chronicle();
    }

    ActSender sender() {
      if (sender == null) {
        sender = new ActSender(cluster, author, log.chronicle());
      }
      return sender;
    }

    Reply register(String slot) {
      return ask(newId(), registration(slot));
    }

    Reply ask(CommandId command, io.carousel.events.Act act) {
      return sender().ask(command, act, PATIENCE).join();
    }

    Instance owning() {
      await().atMost(PATIENCE).until(() -> log.standing() == Standing.OWNER);
      return this;
    }

    /** Once it owns the log for that time. */
    Instance inTerm(int term) {
      await()
          .atMost(PATIENCE)
          .until(() ->
              log.standing() == Standing.OWNER
                  && ((LiveChronicle<?>) log.chronicle()).known().term() == term);
      return this;
    }

    @Override
    public void impossible(ImpossibleHistory history) {
      impossible.complete(history);
    }

    @Override
    public void failed(Throwable cause) {
      failed.complete(cause);
    }

    @Override
    public void close() {
      if (sender != null) {
        sender.close();
      }
      log.close();
    }
  }

  Author author(String name) {
    return authors.computeIfAbsent(name, n -> new Author(id, new AuthorName(n), Author.newKey()));
  }

  LogConfig config(String name, boolean founds) {
    return new LogConfig(
        cluster,
        folder.resolve(name),
        founds ? Optional.of(1) : Optional.empty(),
        Optional.empty(),
        1,
        pace);
  }

  /** The first instance; it founds the house. */
  Instance founder() {
    return start("first", true, Cuts.NONE).owning();
  }

  Instance start(String name, boolean founds, Cuts cuts) {
    var instance = new Instance(name, founds, cuts);
    instances.add(instance);
    return instance;
  }

  /** Another instance, enrolled by one that runs. */
  Instance join(String name, Instance through) {
    enrol(name, through);
    return start(name, false, Cuts.NONE);
  }

  void enrol(String name, Instance through) {
    through.ask(
        newId(),
        new OperatorAct.EnrolAuthor(
            new AuthorName(name),
            AuthorRole.ORCHESTRATOR,
            Optional.empty(),
            author(name).publicKey(),
            "op"));
  }

  static CommandId newId() {
    return newId(Instant.now());
  }

  static CommandId newId(Instant at) {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    return CommandId.of(at, random);
  }

  static OperatorAct.RegisterSlot registration(String slot) {
    return new OperatorAct.RegisterSlot(new SlotName(slot), "softhsm", "nobody", "op");
  }

  /** The same house on other topics, whose log holds only what is written there. */
  TestHouse elsewhere() {
    var other = new TestHouse(id, cluster.under("c" + UUID.randomUUID() + "."));
    other.authors.putAll(authors);
    return other;
  }

  /** Writes records to the log as they are. */
  void write(List<Message> messages) {
    try (var producer = new Clients(cluster).plain()) {
      for (Message message : messages) {
        producer.send(KafkaRecords.of(cluster, message)).get();
      }
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same, all at once. */
  void flood(List<Message> messages) {
    try (var producer = new Clients(cluster).plain()) {
      for (Message message : messages) {
        var _ = producer.send(KafkaRecords.of(cluster, message));
      }
      producer.flush();
    }
  }

  /** Writes so many records of no form at all. */
  void floodRaw(Topic topic, int count) {
    try (var producer = new Clients(cluster).plain()) {
      for (int i = 0; i < count; i++) {
        byte[] value = Integer.toString(i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        var _ = producer.send(new ProducerRecord<>(cluster.named(topic.topicName()), value));
      }
      producer.flush();
    }
  }

  /** Writes a record of no form at all. */
  void writeRaw(Topic topic, byte[] key, byte[] value) {
    try (var producer = new Clients(cluster).plain()) {
      producer.send(new ProducerRecord<>(cluster.named(topic.topicName()), 0, key, value)).get();
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every record of a topic, as it travels. */
  List<Message> records(Topic topic) {
    return records(topic.topicName());
  }

  List<Message> records(String topic) {
    return raw(topic).stream().flatMap(r -> formed(topic, r).stream()).toList();
  }

  private static Optional<Message> formed(String topic, ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(KafkaRecords.message(topic, record));
    } catch (ForgedRecord e) {
      return Optional.empty();
    }
  }

  List<ConsumerRecord<byte[], byte[]>> raw(String topic) {
    var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var reader = new Clients(cluster).reader()) {
      var partitions =
          reader.partitionsFor(cluster.named(topic)).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      reader.assign(partitions);
      reader.seekToBeginning(partitions);
      var ends = reader.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> reader.position(p) < ends.get(p))) {
        reader.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  /** The log, read and checked by somebody else. */
  List<Recorded> replayed() {
    await().atMost(PATIENCE).until(this::nothingIsUnderWay);
    History history = History.fromStart(Optional.empty());
    return raw(Topic.EVENTS.topicName()).stream().flatMap(r -> event(history, r).stream()).toList();
  }

  private static Optional<Recorded> event(History history, ConsumerRecord<byte[], byte[]> record) {
    try {
      Message message = KafkaRecords.message(Topic.EVENTS.topicName(), record);
      return history.place(Unplaced.of(message)) instanceof Placed.Next(Recorded event)
          ? Optional.of(event)
          : Optional.empty();
    } catch (ForgedRecord e) {
      return Optional.empty();
    }
  }

  /** A commit is told to its owner a moment before readers of committed records see it. */
  private boolean nothingIsUnderWay() throws Exception {
    String topic = cluster.named(Topic.EVENTS.topicName());
    try (Admin admin = new Clients(cluster).admin()) {
      return end(admin, topic, IsolationLevel.READ_COMMITTED)
          == end(admin, topic, IsolationLevel.READ_UNCOMMITTED);
    }
  }

  private static long end(Admin admin, String topic, IsolationLevel level) throws Exception {
    var partition = new TopicPartition(topic, 0);
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
        .partitionResult(partition)
        .get()
        .offset();
  }

  @Override
  public void close() {
    instances.forEach(Instance::close);
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
