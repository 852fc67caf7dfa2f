package io.carousel.orchestrator.log;

import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.MessageHash;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The records of one transaction as they are put together: events chained to each other, then what
 * goes out beside them; signed all at once. One thread at a time.
 */
final class Draughts<S> {
  /** Of one record; Kafka takes no more than 1 MiB, headers included. */
  private static final int RECORD_LIMIT = 900 << 10;

  private final Judge<S> judge;
  private final Author author;
  private final int ruleVersion;
  private final long position;

  private final List<Message> eventMessages = new ArrayList<>();
  private final List<byte[]> eventHashes = new ArrayList<>();
  private final List<Recorded> events = new ArrayList<>();
  private final List<Message> others = new ArrayList<>();
  private final List<Batch.Promise> promises = new ArrayList<>();
  private Known<S> known;
  private long bytes;

  /** Something that cannot be a record. */
  static final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unwritable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * @param known what is committed
   * @param position the next offset to decide, after this transaction
   */
  Draughts(Known<S> known, Judge<S> judge, Author author, int ruleVersion, long position) {
    this.known = known;
    this.judge = judge;
    this.author = author;
    this.ruleVersion = ruleVersion;
    this.position = position;
  }

  /** What is known after everything put in so far. */
  Known<S> known() {
    return known;
  }

  List<Recorded> events() {
    return events;
  }

  /** Of the values put in so far. */
  long bytes() {
    return bytes;
  }

  /** Whether its author may sign nothing more after what is in it: it was removed. */
  boolean lastOfItsAuthor() {
    return !known
        .author(author.name())
        .map(a -> a.publicKey().equals(author.publicKey()))
        .orElse(false);
  }

  /** Puts an event in. */
  Recorded event(Draft draft, Optional<Asked> cause) {
    if (!events.isEmpty() && lastOfItsAuthor()) {
      throw new Unwritable("its author was removed by an event before it", null);
    }
    var typed = Wire.CURRENT.write(draft.event());
    checkSize(typed.type(), typed.value());
    checkLevel(draft.event());
    checkTime(draft.event());
    long sequence = known.head().sequence() + 1;
    Message message =
        author.draft(
            Topic.EVENTS.topicName(),
            null,
            draft.id(),
            typed.type(),
            draft.event().at(),
            typed.value(),
            headers(draft, cause, sequence));
    byte[] hash = MessageHash.of(message);
    var event =
        new Recorded(
            sequence,
            Digest.ofHash(hash),
            draft.id(),
            author.name(),
            cause.map(Asked::command),
            cause.map(Asked::digest),
            position,
            ruleVersion,
            draft.tags(),
            draft.event());
    known = evolved(event);
    eventMessages.add(message);
    eventHashes.add(hash);
    events.add(event);
    bytes += typed.value().length;
    return event;
  }

  private Known<S> evolved(Recorded event) {
    try {
      return known.after(event, judge);
    } catch (RuntimeException e) {
      throw new Unwritable("the rules cannot go on from it: " + e, e);
    }
  }

  private Map<String, String> headers(Draft draft, Optional<Asked> cause, long sequence) {
    Head head = known.head();
    var headers = new TreeMap<String, String>();
    headers.put(Message.SEQUENCE, Long.toString(sequence));
    headers.put(Message.PREVIOUS_HASH, head.hash().value());
    headers.put(Message.POSITION, Long.toString(position));
    headers.put(Message.RULE_VERSION, Integer.toString(ruleVersion));
    cause.ifPresent(asked -> {
      headers.put(Message.COMMAND_ID, asked.command().value());
      headers.put(Message.ACT_DIGEST, asked.digest().value());
    });
    if (!draft.tags().isEmpty()) {
      headers.put(Message.TAGS, Message.tags(draft.tags()));
    }
    return headers;
  }

  /** Puts a record for others in. */
  void outgoing(Outgoing record, Instant now) {
    checkSize(record.type(), record.value());
    if (TopicSetup.topic(record.topic()).isEmpty()) {
      throw new Unwritable(record.topic() + " is no topic of a house", null);
    }
    others.add(
        author.draft(
            record.topic(), record.key(), record.id(), record.type(), now, record.value()));
    bytes += record.value().length;
  }

  /** Puts a reply in, if anybody reads it. */
  void reply(Intake.Taken to, Reply reply, Instant now) {
    if (to.instance() == null) {
      return;
    }
    var typed = Wire.CURRENT.write(reply);
    others.add(
        author.draft(
            Topic.REPLIES.topicName(),
            to.instance(),
            UUID.randomUUID().toString(),
            typed.type(),
            now,
            typed.value(),
            Map.of(
                Message.COMMAND_ID, reply.command().value(),
                Message.ACT_DIGEST, to.asked().digest().value())));
    bytes += typed.value().length;
  }

  void promise(Batch.Promise promise) {
    promises.add(promise);
  }

  private static void checkSize(String type, byte[] value) {
    if (value.length > RECORD_LIMIT) {
      throw new Unwritable(
          "a record of type %s would have %d bytes, more than %d"
              .formatted(type, value.length, RECORD_LIMIT),
          null);
    }
  }

  /** No reader would go on from a log in which time goes back. */
  private void checkTime(Event event) {
    Instant at = event.at();
    if (at.isBefore(known.at()) && !(event instanceof HouseEvent.TimeSetBack)) {
      throw new Unwritable(
          "it is of %s, and the log has come to %s; time never goes back".formatted(at, known.at()),
          null);
    }
  }

  /** Nothing is written that an instance at the house's feature level could not read. */
  private void checkLevel(Event event) {
    int level = Wire.CURRENT.levelOf(event.getClass());
    int allowed =
        switch (event) {
          case HouseEvent.Founded f -> f.featureLevel();
          default -> known.level();
        };
    if (level > allowed) {
      throw new Unwritable(
          "it needs feature level %d, and the house is at %d".formatted(level, allowed), null);
    }
    if (event instanceof HouseEvent.FeatureLevelRaised r && r.level() > Wire.FEATURE_LEVEL) {
      throw new Unwritable(
          "feature level %d is beyond this program, which knows %d"
              .formatted(r.level(), Wire.FEATURE_LEVEL),
          null);
    }
  }

  /** How far it was filled. */
  record Mark(Object known, int events, int others, long bytes) {}

  Mark mark() {
    return new Mark(known, events.size(), others.size(), bytes);
  }

  /** Takes out whatever was put in since. */
  @SuppressWarnings("unchecked")
  void backTo(Mark mark) {
    known = (Known<S>) mark.known();
    shorten(eventMessages, mark.events());
    shorten(eventHashes, mark.events());
    shorten(events, mark.events());
    shorten(others, mark.others());
    bytes = mark.bytes();
  }

  private static void shorten(List<?> list, int size) {
    list.subList(size, list.size()).clear();
  }

  /** All of it, signed. */
  Batch<S> sealed() {
    var all = new ArrayList<>(eventMessages);
    all.addAll(others);
    var hashes = new ArrayList<>(eventHashes);
    others.forEach(m -> hashes.add(MessageHash.of(m)));
    return new Batch<>(author.seal(all, hashes), List.copyOf(events), known, List.copyOf(promises));
  }

  void postponed() {
    promises.forEach(Batch.Promise::postponed);
  }
}
