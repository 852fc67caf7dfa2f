package io.carousel.orchestrator.log;

import io.carousel.events.HouseEvent;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One term of this instance as the owner: from the fencing of whoever wrote before to the first
 * transaction that fails, or to the end of its election. There is no way to mend a term: the next
 * one begins like the first. One thread.
 */
final class Ownership<S> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
  private static final long CHECK_PENDING_EVERY_NANOS = 1_000_000_000L;

  private final LogConfig config;
  private final Author author;
  private final LiveChronicle<S> chronicle;
  private final EventTail<S> tail;
  private final Candidate candidate;
  private final Places places;
  private final WriterIds ids;
  private final OpenTransactions transactions;
  private final InstantSource clock;
  private final Cuts cuts;
  private final Intake intake;
  private final BrokerClock brokerClock = new BrokerClock();
  private final Rejections rejections = new Rejections();
  private final Reissue reissue;
  private KafkaProducer<byte[], byte[]> producer;
  private long position;
  // Where the next event must come to stand, unless somebody else writes to the log.
  private long nextOffset;
  private long pendingCheckedAt = System.nanoTime() - CHECK_PENDING_EVERY_NANOS;
  private Batch<S> unsure;

  Ownership(
      LogConfig config,
      Author author,
      LiveChronicle<S> chronicle,
      EventTail<S> tail,
      Candidate candidate,
      Places places,
      WriterIds ids,
      OpenTransactions transactions,
      InstantSource clock,
      Cuts cuts) {
    this.config = config;
    this.author = author;
    this.chronicle = chronicle;
    this.tail = tail;
    this.candidate = candidate;
    this.places = places;
    this.ids = ids;
    this.transactions = transactions;
    this.clock = clock;
    this.cuts = cuts;
    this.intake = new Intake(author.house(), config.pace().actBytes());
    this.reissue = new Reissue(config.pace());
  }

  /** Fences, replays, and begins a term with its first transaction. */
  void begin() {
    try {
      cuts.at(Cuts.Point.FENCE);
      producer = new Clients(config.cluster()).transactional(ids.current());
      producer.initTransactions();
      transactions.endBeforeTerm();
      cuts.at(Cuts.Point.REPLAY);
      nextOffset = places.eventsEnd();
      tail.replayTo(nextOffset);
      cuts.at(Cuts.Point.TERM);
      firstTransaction();
      ids.worked();
    } catch (LostTransaction e) {
      ids.failed();
      throw e;
    } catch (KafkaException | BrokerUnreachable | IllegalStateException e) {
      ids.failed();
      throw new LostTransaction(e);
    }
  }

  private void firstTransaction() {
    Known<S> known = chronicle.known();
    Instant now = now();
    position = places.startOfActs(known.position());
    var out = new Draughts<>(known, chronicle.judge(), author, config.ruleVersion(), position);
    if (known.head().sequence() == 0) {
      out.event(Draft.of(founding(now)), Optional.empty());
    }
    out.event(
        Draft.of(new HouseEvent.TermStarted(known.term() + 1, author.name(), position, now)),
        Optional.empty());
    commit(out.sealed(), position);
    candidate.readFrom(position);
    LOG.info(
        "Term {}: this instance owns the log from event {} on",
        known.term() + 1,
        chronicle.known().head().sequence());
  }

  private HouseEvent.Founded founding(Instant now) {
    int level = config.foundingLevel().orElseThrow();
    return new HouseEvent.Founded(author.house(), author.name(), author.publicKey(), level, now);
  }

  /** By the clock of the rules. */
  private Instant now() {
    Instant clocked = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant last = chronicle.known().at();
    return clocked.isBefore(last) ? last : clocked;
  }

  /** Whether what was committed last ended this author's right to sign. */
  boolean removed() {
    return chronicle
        .author(author.name())
        .filter(a -> a.publicKey().equals(author.publicKey()))
        .isEmpty();
  }

  /** Decides what has come, in as many transactions as it takes; costs nothing if nothing has. */
  void round(List<Input> inputs) {
    if (!inputs.isEmpty()) {
      chronicle.judge().prepare(types(inputs));
      intake.foresee(inputs, chronicle.known().roster());
    }
    List<Outgoing> again = againDue();
    List<Input> rest = inputs;
    while ((!rest.isEmpty() || !again.isEmpty() || rejections.isDue()) && !removed()) {
      rest = transaction(rest, again);
      again = List.of();
    }
    for (Input input : rest) {
      if (input instanceof Input.Proposed p) {
        p.written().completeExceptionally(new NotOwner("this instance's author was removed"));
      }
    }
  }

  private static Set<String> types(List<Input> inputs) {
    return inputs.stream()
        .filter(Input.Command.class::isInstance)
        .flatMap(i -> Input.type((Input.Command) i).stream())
        .collect(Collectors.toSet());
  }

  private List<Outgoing> againDue() {
    long now = System.nanoTime();
    if (now - pendingCheckedAt < CHECK_PENDING_EVERY_NANOS) {
      return List.of();
    }
    pendingCheckedAt = now;
    return reissue.due(chronicle.judge().pending(chronicle.known().state()), now);
  }

  private List<Input> transaction(List<Input> inputs, List<Outgoing> again) {
    cuts.at(Cuts.Point.DECIDE);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    int count = inputs.size();
    while (true) {
      List<Input> some = inputs.subList(0, count);
      long after = positionAfter(some);
      var out =
          new Draughts<>(chronicle.known(), chronicle.judge(), author, config.ruleVersion(), after);
      int taken =
          new Staging<>(
                  chronicle,
                  intake,
                  brokerClock,
                  config.pace(),
                  rejections,
                  author.name(),
                  now,
                  out)
              .take(some);
      if (taken == count) {
        again.forEach(o -> out.outgoing(o, now));
        commit(out.sealed(), after);
        return inputs.subList(count, inputs.size());
      }
      out.postponed();
      count = taken;
    }
  }

  private long positionAfter(List<Input> inputs) {
    for (Input input : inputs.reversed()) {
      if (input instanceof Input.Command c) {
        return c.kafka().offset() + 1;
      }
    }
    return position;
  }

  private void commit(Batch<S> batch, long after) {
    // Without a message there is nothing to lose: the log says from where to decide, and who comes
    // next throws the same away once more.
    if (!batch.messages().isEmpty()) {
      unsure = batch;
      List<LiveChronicle.At> written = write(batch, after);
      cuts.at(Cuts.Point.PUBLISH);
      if (!written.isEmpty()) {
        publish(written, batch.known());
      }
      unsure = null;
      position = after;
    }
    if (batch.events().stream().anyMatch(e -> e.event() instanceof HouseEvent.RecordsRejected)) {
      rejections.written();
    }
    batch.kept();
    cuts.at(Cuts.Point.DONE);
  }

  /** What a stranger put between is read, and so is what was written here. */
  private void publish(List<LiveChronicle.At> written, Known<S> known) {
    long first = written.getFirst().offset();
    long last = written.getLast().offset();
    if (first == nextOffset && last - first == written.size() - 1) {
      tail.wrote(written, known);
    } else {
      readBack(written, known);
    }
    // The transaction's own marker takes one offset.
    nextOffset = last + 2;
  }

  private void readBack(List<LiveChronicle.At> written, Known<S> known) {
    try {
      tail.readBack(written, known);
    } catch (KafkaException | BrokerUnreachable | IllegalStateException e) {
      throw new LostTransaction(e);
    }
  }

  private List<LiveChronicle.At> write(Batch<S> batch, long after) {
    try {
      places.ensure(batch.messages());
      cuts.at(Cuts.Point.SEND);
      producer.beginTransaction();
      List<Future<RecordMetadata>> sent = new ArrayList<>(batch.messages().size());
      for (Message message : batch.messages()) {
        sent.add(producer.send(KafkaRecords.of(config.cluster(), message)));
      }
      cuts.at(Cuts.Point.OFFSETS);
      producer.sendOffsetsToTransaction(
          Map.of(candidate.partition(), new OffsetAndMetadata(after)), candidate.membership());
      cuts.at(Cuts.Point.COMMIT);
      producer.commitTransaction();
      return placed(batch, sent);
    } catch (KafkaException | IllegalStateException | ExecutionException e) {
      throw new LostTransaction(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostTransaction(e);
    }
  }

  private List<LiveChronicle.At> placed(Batch<S> batch, List<Future<RecordMetadata>> sent)
      throws ExecutionException, InterruptedException {
    var placed = new ArrayList<LiveChronicle.At>(batch.events().size());
    for (int i = 0; i < batch.events().size(); i++) {
      placed.add(new LiveChronicle.At(batch.events().get(i), sent.get(i).get().offset()));
    }
    return placed;
  }

  /** What a transaction of this term was to write, if nobody knows whether it did. */
  Optional<Batch<S>> unsure() {
    return Optional.ofNullable(unsure);
  }

  /** How long nothing need be done if nothing comes. */
  Duration idle() {
    return Duration.ofSeconds(1);
  }

  /** Ends the term without a word to Kafka: whoever comes next fences it. */
  @Override
  public void close() {
    if (producer != null) {
      producer.close(Duration.ZERO);
    }
  }
}
