package io.carousel.orchestrator.log;

import io.carousel.events.Digest;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Unplaced;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.UnreadableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads again what was read before and is no longer in memory. Kafka is not trusted to say the same
 * again: each stretch begins and ends with a record whose hash is known, and every record in it
 * holds the hash of the one before. Thread-safe; one stretch at a time, and the last one is kept.
 */
final class OlderEvents implements AutoCloseable {
  private final Cluster cluster;
  private final TopicPartition partition;
  private KafkaConsumer<byte[], byte[]> consumer;
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

  private List<Recorded> load(Stretch stretch) {
    var events = new ArrayList<Recorded>();
    long end = stretch.to().sequence();
    long deadline = System.nanoTime() + cluster.patience().toNanos();
    open().assign(List.of(partition));
    consumer.seek(partition, stretch.from().offset());
    while (events.isEmpty() || events.getLast().sequence() < end) {
      var polled = consumer.poll(Duration.ofMillis(200));
      for (ConsumerRecord<byte[], byte[]> kafka : polled.records(partition)) {
        if (events.isEmpty() || events.getLast().sequence() < end) {
          events.add(next(stretch, events, kafka));
        }
      }
      if (polled.isEmpty() && System.nanoTime() > deadline) {
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

  private Recorded next(
      Stretch stretch, List<Recorded> before, ConsumerRecord<byte[], byte[]> kafka) {
    long sequence = stretch.from().head().sequence() + before.size();
    try {
      Unplaced next = Unplaced.of(KafkaRecords.message(Topic.EVENTS.topicName(), kafka));
      boolean genuine =
          before.isEmpty()
              ? next.digest().equals(stretch.from().head().hash())
              : next.continues(lastHash(before));
      if (!genuine || next.sequence() != sequence) {
        throw changed(sequence);
      }
      return next.recorded();
    } catch (ForgedRecord | UnreadableRecord | IllegalArgumentException e) {
      throw changed(sequence);
    }
  }

  private static Digest lastHash(List<Recorded> events) {
    return events.getLast().hash();
  }

  private static ImpossibleHistory changed(long sequence) {
    return new ImpossibleHistory(sequence, "it was another one when it was first read");
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
