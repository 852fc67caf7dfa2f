package io.carousel.e2e.threats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.node.Node;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseEvent.UnorderedCommandRefused;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.SigningCommand;
import io.carousel.events.SigningCommand.KeyCommand;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.Wire;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A key of a node's processes in an attacker's hands, who also reaches its Kafka. */
final class StolenKey implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Author author;
  private final String bootstrap;

  /** That key file of the node in that folder, under that author's name or the founder's. */
  StolenKey(Path data, Path keyFile, Optional<AuthorName> name) throws Exception {
    Map<?, ?> node = Json.PLAIN.read(Files.readAllBytes(data.resolve("node.json")), Map.class);
    bootstrap = node.get("bootstrap").toString();
    producer = producer(bootstrap);
    consumer = consumer(bootstrap);
    Founded founded = events(Founded.class).getFirst();
    HouseId house = founded.house();
    author = new Author(house, name.orElse(founded.founder()), AuthorKeyFile.readOrCreate(keyFile));
  }

  private StolenKey(String bootstrap, Author author) {
    this.bootstrap = bootstrap;
    this.author = author;
    this.producer = producer(bootstrap);
    this.consumer = consumer(bootstrap);
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrap) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrap),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  AuthorName name() {
    return author.name();
  }

  CommandId newId() {
    byte[] random = new byte[10];
    new SecureRandom().nextBytes(random);
    return CommandId.of(Instant.now(), random);
  }

  /** The same attacker with a key of their own, enrolled under that name. */
  StolenKey as(AuthorName name, KeyPair key) {
    return new StolenKey(bootstrap, new Author(author.house(), name, key));
  }

  /** Signs it and puts it where workers of its slot take it up. */
  void command(SigningCommand command) {
    Wire.Typed typed = Wire.CURRENT.write(command);
    Topic topic = command instanceof KeyCommand ? Topic.KEYS : Topic.LEAVES;
    send(
        author.draft(
            topic.of(command.slot()),
            null,
            command.command().value(),
            typed.type(),
            Instant.now(),
            typed.value()));
  }

  /** Signs an act and has the leader decide it. */
  void act(String key, Object act) {
    Wire.Typed typed = Wire.CURRENT.write(act);
    send(
        author.draft(
            Topic.COMMANDS.topicName(),
            key,
            newId().value(),
            typed.type(),
            Instant.now(),
            typed.value()));
  }

  /** Signs it and puts it where results of workers are looked for. */
  void result(LeafResult result) {
    Wire.Typed typed = Wire.CURRENT.write(result);
    send(
        author.draft(
            Topic.RESULTS.topicName(),
            null,
            newId().value(),
            typed.type(),
            Instant.now(),
            typed.value()));
  }

  /** What was answered to that leaf command. */
  LeafResult answered(CommandId command) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                records(Topic.RESULTS.topicName()).stream()
                    .map(r -> Wire.CURRENT.leafResult(type(r), r.value()))
                    .filter(r -> r.answers().equals(command))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** How often that leaf command was answered. */
  long answers(CommandId command) {
    return records(Topic.RESULTS.topicName()).stream()
        .map(r -> Wire.CURRENT.leafResult(type(r), r.value()))
        .filter(r -> r.answers().equals(command))
        .count();
  }

  /** Writes an event into the log, in a place of the attacker's choice. */
  void event(Event event) {
    Wire.Typed typed = Wire.CURRENT.write(event);
    send(
        author.draft(
            Topic.EVENTS.topicName(),
            null,
            newId().value(),
            typed.type(),
            Instant.now(),
            typed.value(),
            Map.of(
                Message.SEQUENCE,
                Long.toString(log().count() + 1),
                Message.PREVIOUS_HASH,
                Digest.of(new byte[0]).value(),
                Message.RULE_VERSION,
                "1",
                Message.POSITION,
                "0")));
  }

  /** What that node has refused, by code. */
  static String refusals(Node node) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(node.api().resolve("/v1/refusals"))
                  .header("Authorization", "Bearer " + Files.readString(node.secret()).strip())
                  .build(),
              HttpResponse.BodyHandlers.ofString(UTF_8))
          .body();
    }
  }

  /** A slot that was asked for a certificate. */
  SlotName heardLeaf() {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                events(KeyAdopted.class).stream()
                    .map(KeyAdopted::slot)
                    .filter(slot -> !records(Topic.LEAVES.of(slot)).isEmpty())
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** The first command for a certificate of that slot. */
  SignLeaf leaf(SlotName slot) {
    return records(Topic.LEAVES.of(slot)).stream()
        .map(r -> Wire.CURRENT.signingCommand(type(r), r.value()))
        .filter(SignLeaf.class::isInstance)
        .map(SignLeaf.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private void send(Message draft) {
    Message sealed = author.seal(List.of(draft)).getFirst();
    byte[] key = sealed.key() == null ? null : sealed.key().getBytes(UTF_8);
    var record = new ProducerRecord<>(sealed.topic(), key, sealed.value());
    sealed.headers().forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    replay(record);
  }

  /** As it is, again. */
  void replay(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** All records of a topic so far. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    var all = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      consumer.poll(Duration.ofMillis(100)).forEach(all::add);
    }
    return all;
  }

  private static String type(ConsumerRecord<?, ?> record) {
    Map<String, String> headers = new HashMap<>();
    record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), UTF_8)));
    return headers.getOrDefault(Message.TYPE, "");
  }

  /** What the log says so far. */
  Stream<Event> log() {
    return records(Topic.EVENTS.topicName()).stream()
        .map(r -> Wire.CURRENT.event(type(r), r.value()));
  }

  <E extends Event> List<E> events(Class<E> type) {
    return log().filter(type::isInstance).map(type::cast).toList();
  }

  /** Waits for an event. */
  <E extends Event> E heard(Class<E> type, Function<E, Boolean> which) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> events(type).stream().filter(which::apply).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /** Waits for the alarm about a command that nobody ordered. */
  UnorderedCommandRefused alarm(KeyCommand command) {
    return heard(UnorderedCommandRefused.class, e -> e.command().equals(command.command()));
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
    consumer.close();
  }
}
