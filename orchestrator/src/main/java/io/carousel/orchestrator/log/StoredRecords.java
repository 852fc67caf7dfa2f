package io.carousel.orchestrator.log;

import io.carousel.events.seal.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads records by their places in Kafka, one after the other, by one consumer: neighbours come
 * with the first of them. Nothing of them is checked. One thread at a time.
 */
public final class StoredRecords implements AutoCloseable {
  private final Cluster cluster;
  private final Map<Long, ConsumerRecord<byte[], byte[]>> fetched = new TreeMap<>();
  private KafkaConsumer<byte[], byte[]> consumer; // null until something is read
  private TopicPartition place; // of what was fetched

  /** Of that cluster; not connected yet. */
  public StoredRecords(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Reads one.
   *
   * @param topic as the contract names it
   * @return empty if it is not there any more, or does not come in time
   * @throws io.carousel.events.seal.ForgedRecord if it is of no form that anybody signs
   */
  public Optional<Message> read(String topic, int partition, long offset) {
    var asked = new TopicPartition(cluster.named(topic), partition);
    if (!asked.equals(place) || !fetched.containsKey(offset)) {
      fetch(asked, offset);
    }
    return Optional.ofNullable(fetched.get(offset)).map(r -> KafkaRecords.message(topic, r));
  }

  private void fetch(TopicPartition asked, long offset) {
    place = asked;
    fetched.clear();
    if (consumer == null) {
      consumer = new Clients(cluster).reader();
    }
    long deadline = System.nanoTime() + cluster.patience().toNanos();
    try {
      if (consumer.partitionsFor(asked.topic(), cluster.patience()).stream()
          .noneMatch(p -> p.partition() == asked.partition())) {
        return;
      }
      consumer.assign(List.of(asked));
      long end = end(asked);
      if (offset >= end) {
        return; // nothing was ever there, or nothing that counts yet
      }
      consumer.seek(asked, offset);
      // What is left may be nothing but marks of transactions, which no consumer is given.
      while (fetched.isEmpty() && consumer.position(asked) < end && System.nanoTime() < deadline) {
        consumer
            .poll(Duration.ofMillis(200))
            .records(asked)
            .forEach(r -> fetched.put(r.offset(), r));
      }
    } catch (InvalidOffsetException e) {
      // It is not there any more.
    }
  }

  /** Past the last record that counts. */
  private long end(TopicPartition asked) {
    return consumer.endOffsets(List.of(asked), cluster.patience()).getOrDefault(asked, 0L);
  }

  @Override
  public void close() {
    if (consumer != null) {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }
}
