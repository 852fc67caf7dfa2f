package io.carousel.orchestrator.log;

import io.carousel.events.Digest;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Past;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Unplaced;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.UnreadableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads again what was read before and is no longer in memory. Kafka is not trusted to say the same
 * again: each stretch begins and ends with a record whose hash is known, and every record in it
 * holds the hash of the one before. What was no part of the history then is passed over.
 * Thread-safe; one stretch at a time, and the last one is kept.
 */
final class OlderEvents implements AutoCloseable {
  private final Cluster cluster;
  private final TopicPartition partition;
  private KafkaConsumer<byte[], byte[]> consumer;
  private volatile Past past = null; // null until the log has been opened
  private Stretch last;
  private List<Recorded> lastEvents = List.of();

  /** From a record whose place is known to one whose hash is known, both included. */
  record Stretch(Anchors.Anchor from, Head to) {}

  OlderEvents(Cluster cluster) {
    this.cluster = cluster;
    this.partition = new TopicPartition(cluster.named(Topic.EVENTS.topicName()), 0);
  }

  synchronized List<Recorded> read(Stretch stretch, long from, int most) {
    if (!stretch.equals(last)) {
      lastEvents = load(stretch);
      last = stretch;
    }
    int skip = Math.toIntExact(from - stretch.from().head().sequence());
    return List.copyOf(
        lastEvents.subList(skip, Math.min(lastEvents.size(), skip + Math.max(0, most))));
  }

  /** Tells genuine records from others by what is remembered of them. */
  void recognise(Past remembered) {
    past = remembered;
  }

  private List<Recorded> load(Stretch stretch) {
    var events = new ArrayList<Recorded>();
    long end = stretch.to().sequence();
    open().assign(List.of(partition));
    consumer.seek(partition, stretch.from().offset());
    long deadline = System.nanoTime() + cluster.patience().toNanos();
    while (events.isEmpty() || events.getLast().sequence() < end) {
      var polled = consumer.poll(Duration.ofMillis(200));
      for (ConsumerRecord<byte[], byte[]> kafka : polled.records(partition)) {
        if (events.isEmpty() || events.getLast().sequence() < end) {
          next(stretch, events, kafka).ifPresent(events::add);
        }
      }
      if (!polled.isEmpty()) {
        deadline = System.nanoTime() + cluster.patience().toNanos();
      } else if (consumer.position(partition) >= end()) {
        throw changed(stretch.from().head().sequence() + events.size());
      } else if (System.nanoTime() > deadline) {
        throw new BrokerUnreachable(
            cluster, new TimeoutException("older events were asked for and did not come"));
      }
    }
    if (!events.getLast().hash().equals(stretch.to().hash())) {
      throw changed(end);
    }
    consumer.unsubscribe();
    return events;
  }

  private long end() {
    return consumer.endOffsets(List.of(partition)).get(partition);
  }

  private Optional<Recorded> next(
      Stretch stretch, List<Recorded> before, ConsumerRecord<byte[], byte[]> kafka) {
    long sequence = stretch.from().head().sequence() + before.size();
    try {
      Unplaced next = Unplaced.of(KafkaRecords.message(Topic.EVENTS.topicName(), kafka));
      return next.claimedSequence() == sequence && isGenuine(next, stretch, before)
          ? Optional.of(next.recorded())
          : Optional.empty();
    } catch (ForgedRecord | UnreadableRecord | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isGenuine(Unplaced next, Stretch stretch, List<Recorded> before) {
    if (before.isEmpty()) {
      return next.digest().equals(stretch.from().head().hash());
    }
    Past known = past;
    return next.continues(lastHash(before))
        && (known == null
            || !known.remembers(next.claimedSequence())
            || known.holds(next.claimedSequence(), next.digest()));
  }

  private static Digest lastHash(List<Recorded> events) {
    return events.getLast().hash();
  }

  private static ImpossibleHistory changed(long sequence) {
    return new ImpossibleHistory(
        sequence, "it is not there any more, or another one stands there than was read first");
  }

  private KafkaConsumer<byte[], byte[]> open() {
    if (consumer == null) {
      consumer = new Clients(cluster).reader();
    }
    return consumer;
  }

  @Override
  public synchronized void close() {
    if (consumer != null) {
      consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }
}
