package io.carousel.signer;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.CommandId;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.HouseEvent.AuthorRemoved;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct;
import io.carousel.events.orders.SignatureAccount;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.testing.Broker;
import io.carousel.events.topics.SigningGroup;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a worker sees of a house: a broker, a log, and an orchestrator that asks and listens. */
public final class TestHouse implements AutoCloseable {
  private static final int MOST_SLOTS = 60;

  public final Broker broker;
  public final HouseId id = new HouseId(UUID.randomUUID().toString().replace("-", ""));
  public final Author founder;
  private final Map<AuthorName, KnownAuthor> known = new ConcurrentHashMap<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Reader> readers = new ConcurrentHashMap<>();
  private final Map<ConsumerRecord<byte[], byte[]>, Message> checked = new ConcurrentHashMap<>();
  private Head head = Head.EMPTY;

  public TestHouse(Broker broker) {
    this.broker = broker;
    this.founder = new Author(id, new AuthorName("orchestrator-1"), Author.newKey());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    createTopics(
        Topic.EVENTS.topicName(),
        Topic.COMMANDS.topicName(),
        Topic.RESULTS.topicName(),
        Topic.ATTEMPTS.topicName(),
        Topic.DEAD.topicName());
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
  }

  public void createTopics(String... names) {
    try (Admin admin = admin()) {
      var topics = new ArrayList<NewTopic>();
      for (String name : names) {
        Map<String, String> settings =
            name.equals(Topic.DEAD.topicName()) ? Topic.DEAD.configuration() : Map.of();
        topics.add(new NewTopic(name, 1, (short) 1).configs(settings));
      }
      admin.createTopics(topics).all().get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Topics and groups of a slot, as an orchestrator makes them. */
  public void register(SlotName slot) {
    createTopics(Topic.KEYS.of(slot), Topic.LEAVES.of(slot));
    for (Topic.Setting setting : SigningGroup.CONFIGURATION) {
      configure(SigningGroup.keys(slot), setting.name(), setting.value());
      configure(SigningGroup.leaves(slot), setting.name(), setting.value());
    }
  }

  public void configure(String group, String name, String value) {
    try (Admin admin = admin()) {
      var op = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
      var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
      admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all().get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  public void found() {
    Instant now = Instant.now();
    known.put(
        founder.name(),
        new KnownAuthor(
            founder.name(), AuthorRole.ORCHESTRATOR, Optional.empty(), founder.publicKey()));
    record(new Founded(id, founder.name(), founder.publicKey(), Wire.FEATURE_LEVEL, now));
    // Whatever slots tests come to name: their workers sign for it.
    record(
        Asked.created(
            Stream.concat(
                    IntStream.rangeClosed(1, MOST_SLOTS).mapToObj(i -> "hsm-" + i),
                    Stream.of("hsm-a", "hsm-far", "hsm-of-a-node"))
                .map(SlotName::new)
                .toList()));
    record(new AuthorityOpened(Asked.USER, 1, 1, Instant.now()));
  }

  public void enrol(Author author, AuthorRole role, Optional<SlotName> slot) {
    known.put(author.name(), new KnownAuthor(author.name(), role, slot, author.publicKey()));
    record(
        new AuthorEnrolled(author.name(), role, slot, author.publicKey(), "test", Instant.now()));
  }

  /** Enrols a worker with a key in that file. */
  public Author enrolWorker(String name, SlotName slot, Path keyFile) {
    try {
      var author = new Author(id, new AuthorName(name), AuthorKeyFile.readOrCreate(keyFile));
      enrol(author, AuthorRole.WORKER, Optional.of(slot));
      return author;
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  public void remove(AuthorName author) {
    record(new AuthorRemoved(author, "test", "test", Instant.now()));
  }

  /** Has the log order that; gives it with the event that did. */
  public <C extends SigningCommand> C ordered(C command) {
    if (!(command instanceof KeyCommand asked)) {
      return command;
    }
    Ordered.events(asked).forEach(this::record);
    @SuppressWarnings("unchecked") // of the same type
    C same = (C) Ordered.by(head.sequence(), asked);
    return same;
  }

  public synchronized void record(Event event) {
    Wire.Typed typed = Wire.CURRENT.write(event);
    String eventId = UUID.randomUUID().toString();
    Message draft =
        founder
            .draft(Topic.EVENTS.topicName(), null, eventId, typed.type(), event.at(), typed.value())
            .with(
                Map.of(
                    Message.SEQUENCE,
                    Long.toString(head.sequence() + 1),
                    Message.PREVIOUS_HASH,
                    head.hash().value(),
                    Message.RULE_VERSION,
                    "1",
                    Message.POSITION,
                    "0"));
    Message sealed = founder.seal(List.of(draft)).getFirst();
    head = new Head(head.sequence() + 1, Authorship.hash(sealed));
    send(sealed);
  }

  /** Writes another record in place of the last, and goes on from that which was there. */
  public void fork() {
    Head before = head;
    List<Message> log = messages(Topic.EVENTS);
    head = new Head(before.sequence() - 1, Authorship.hash(log.get(log.size() - 2)));
    remove(founder.name());
    head = before;
  }

  /** The record of a command, on the topic where it belongs. */
  public static Message draft(Author by, SlotName topicOf, SigningCommand command) {
    Topic topic = command instanceof KeyCommand ? Topic.KEYS : Topic.LEAVES;
    Wire.Typed typed = Wire.CURRENT.write(command);
    return by.draft(
        topic.of(topicOf),
        null,
        command.command().value(),
        typed.type(),
        Instant.now(),
        typed.value());
  }

  /** Asks for it, as the founder; of keys after the log has ordered it. */
  public void ask(SigningCommand... commands) {
    ask(founder, List.of(commands));
  }

  public void ask(Author by, Collection<? extends SigningCommand> commands) {
    send(by, commands.stream().map(this::ordered).toList());
  }

  /** Asks for what the log never ordered, or has ordered before. */
  public void send(Author by, Collection<? extends SigningCommand> commands) {
    List<Message> sealed = by.seal(commands.stream().map(c -> draft(by, c.slot(), c)).toList());
    sealed.stream().map(m -> producer.send(record(m))).toList().forEach(TestHouse::await);
  }

  /**
   * Writes as many commands as that under a name, by a key that is not enrolled; or plain bytes.
   */
  public void flood(SlotName slot, String name, int count) {
    if (name.isEmpty()) {
      IntStream.range(0, count)
          .mapToObj(i -> producer.send(new ProducerRecord<>(Topic.KEYS.of(slot), bytes(i))))
          .toList()
          .forEach(TestHouse::await);
      return;
    }
    var by = new Author(id, new AuthorName(name), Author.newKey());
    SigningCommand command = Asked.key(slot, Suite.ED25519);
    Message template = draft(by, slot, command);
    IntStream.range(0, count)
        .mapToObj(i -> by.seal(List.of(template.with("ce_number", Integer.toString(i)))).getFirst())
        .map(m -> producer.send(record(m)))
        .toList()
        .forEach(TestHouse::await);
  }

  private static byte[] bytes(int i) {
    return Integer.toString(i).getBytes(StandardCharsets.UTF_8);
  }

  /** Asks for it in a transaction that is then aborted. */
  public void askAndAbort(SigningCommand command) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", id.value());
    try (var transactional =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      transactional.initTransactions();
      transactional.beginTransaction();
      Message message = founder.seal(List.of(draft(founder, command.slot(), command))).getFirst();
      var sent = transactional.send(record(message));
      transactional.flush();
      sent.get();
      transactional.abortTransaction();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  public void send(Message message) {
    send(record(message));
  }

  /** Sends what may be of no form that anybody signs. */
  public void send(ProducerRecord<byte[], byte[]> record) {
    await(producer.send(record));
  }

  private static void await(Future<?> sent) {
    try {
      sent.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(Message message) {
    byte[] key = message.key() == null ? null : message.key().getBytes(StandardCharsets.UTF_8);
    var record = new ProducerRecord<>(message.topic(), key, message.value());
    message
        .headers()
        .forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  /** All answers about keys so far, each checked for its author. */
  public List<WorkerAct> acts() {
    return messages(Topic.COMMANDS).stream()
        .map(m -> (WorkerAct) Wire.CURRENT.act(m.need(Message.TYPE), m.value()))
        .toList();
  }

  /** All answers about leaves so far, each checked for its author. */
  public List<LeafResult> results() {
    return messages(Topic.RESULTS).stream().map(TestHouse::answer).toList();
  }

  /** What a record of {@code carousel.results} says. */
  static LeafResult answer(Message message) {
    return Wire.CURRENT.leafResult(message.need(Message.TYPE), message.value());
  }

  /** All commands for that slot so far, each checked for its author. */
  public List<SigningCommand> commands(SlotName slot) {
    return Stream.of(Topic.KEYS, Topic.LEAVES)
        .flatMap(topic -> messages(topic.of(slot)).stream())
        .map(m -> Wire.CURRENT.signingCommand(m.need(Message.TYPE), m.value()))
        .toList();
  }

  /** How many records that topic holds. */
  public int count(Topic topic) {
    return reader(topic.topicName()).all().size();
  }

  /** All records of a topic so far, each checked for its author. */
  public List<Message> messages(Topic topic) {
    return messages(topic.topicName());
  }

  private List<Message> messages(String topic) {
    return reader(topic).all().stream().map(r -> checked.computeIfAbsent(r, this::check)).toList();
  }

  private Message check(ConsumerRecord<byte[], byte[]> record) {
    Message message = message(record);
    new Authorship(id).check(message, name -> Optional.ofNullable(known.get(name)));
    return message;
  }

  /** Every signature that was begun, and what became of it. */
  public SignatureAccount account() {
    var account = new SignatureAccount();
    // Answers first: whatever they name was begun before.
    List<Message> answers =
        Stream.concat(messages(Topic.COMMANDS).stream(), messages(Topic.RESULTS).stream()).toList();
    messages(Topic.ATTEMPTS)
        .forEach(m ->
            account.begun(
                m.need(Message.ID), Wire.CURRENT.attempt(m.need(Message.TYPE), m.value())));
    for (Message m : answers) {
      m.header(Message.ATTEMPT)
          .ifPresent(
              id -> account.answered(id, answered(m), !m.need(Message.TYPE).contains("refused")));
    }
    return account;
  }

  private static CommandId answered(Message m) {
    return m.topic().equals(Topic.RESULTS.topicName())
        ? answer(m).answers()
        : ((WorkerAct) Wire.CURRENT.act(m.need(Message.TYPE), m.value())).answers();
  }

  /** Records that went to the dead letters. */
  public List<ConsumerRecord<byte[], byte[]>> dead() {
    return reader(Topic.DEAD.topicName()).all();
  }

  /** How many records of that topic have become dead letters, which Kafka writes when it likes. */
  public long deadOf(String topic) {
    return dead().stream()
        .filter(r -> text(r.headers().lastHeader("__dlq.errors.topic").value()).equals(topic))
        .count();
  }

  private Reader reader(String topic) {
    return readers.computeIfAbsent(topic, t -> new Reader(broker, t));
  }

  private static Message message(ConsumerRecord<byte[], byte[]> record) {
    var headers = new TreeMap<String, String>();
    record.headers().forEach(h -> headers.put(h.key(), text(h.value())));
    return new Message(
        record.topic(), record.key() == null ? null : text(record.key()), headers, record.value());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Reads on from where it stopped. */
  private static final class Reader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();

    Reader(Broker broker, String topic) {
      consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", broker.bootstrap(), "enable.auto.commit", false),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }

    synchronized List<ConsumerRecord<byte[], byte[]>> all() {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
      return List.copyOf(found);
    }

    @Override
    public synchronized void close() {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    }
  }

  @Override
  public void close() {
    readers.values().forEach(Reader::close);
    producer.close(Duration.ofSeconds(2));
  }
}
