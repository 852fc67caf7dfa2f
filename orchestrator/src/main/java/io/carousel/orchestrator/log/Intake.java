package io.carousel.orchestrator.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Act;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Roster;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Checks who asks, and reads what. One thread at a time. */
final class Intake {
  /** For fewer records, handing them to other threads costs more than it saves. */
  private static final int MANY = 32;

  private final Authorship authorship;
  private final int most;

  /**
   * @param most bytes of an act
   */
  Intake(HouseId house, int most) {
    this.authorship = new Authorship(house);
    this.most = most;
  }

  /**
   * An act and whom to answer.
   *
   * @param instance that asked, and reads the reply; null if nobody does
   * @param after the sequence number of the last event that its author knew; 0 if it does not say
   */
  record Taken(Asked asked, String instance, long after) {}

  /** Verifies the signatures of many records on all processors, before they are taken. */
  void foresee(List<Input> inputs, Roster roster) {
    authorship.foreseeAll(
        inputs.size() < MANY ? List.of() : inputs.stream().flatMap(this::readable).toList(),
        roster::author);
  }

  private Stream<Message> readable(Input input) {
    try {
      return input instanceof Input.Command(ConsumerRecord<byte[], byte[]> kafka)
              && kafka.serializedValueSize() <= most
          ? Stream.of(KafkaRecords.message(Topic.COMMANDS.topicName(), kafka))
          : Stream.empty();
    } catch (ForgedRecord e) {
      return Stream.empty(); // told when it is taken
    }
  }

  /**
   * Reads a record.
   *
   * @throws ForgedRecord or another, if nobody enrolled can have written it
   */
  Taken take(ConsumerRecord<byte[], byte[]> kafka, Roster roster) {
    if (kafka.serializedValueSize() > most) {
      throw new ForgedRecord(
          "the act has %d bytes, more than %d".formatted(kafka.serializedValueSize(), most));
    }
    Message message = KafkaRecords.message(Topic.COMMANDS.topicName(), kafka);
    KnownAuthor author = authorship.check(message, roster::author);
    String type = message.need(Message.TYPE);
    Act act = Wire.CURRENT.act(type, message.value());
    var command = new CommandId(message.need(Message.ID));
    var asked = new Asked(command, act, author, digest(type, message.value()), kafka.offset());
    long after = message.header(Message.AFTER).isPresent() ? message.needNumber(Message.AFTER) : 0;
    return new Taken(asked, message.key(), after);
  }

  /** Of an act's type and body. */
  static Digest digest(String type, byte[] value) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update((type + "\n").getBytes(UTF_8));
      return Digest.ofHash(sha.digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
