package io.carousel.orchestrator.log;

import io.carousel.events.seal.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** One record that stands somewhere in Kafka, read by its place. Nothing of it is checked. */
public final class StoredRecord {
  private StoredRecord() {}

  /**
   * Reads it.
   *
   * @param topic as the contract names it
   * @return empty if it is not there any more, or does not come in time
   * @throws io.carousel.events.seal.ForgedRecord if it is of no form that anybody signs
   */
  public static Optional<Message> read(Cluster cluster, String topic, int partition, long offset) {
    var place = new TopicPartition(cluster.named(topic), partition);
    KafkaConsumer<byte[], byte[]> consumer = new Clients(cluster).reader();
    try {
      consumer.assign(List.of(place));
      consumer.seek(place, offset);
      long deadline = System.nanoTime() + cluster.patience().toNanos();
      while (System.nanoTime() < deadline) {
        List<ConsumerRecord<byte[], byte[]>> polled =
            consumer.poll(Duration.ofMillis(200)).records(place);
        if (!polled.isEmpty()) {
          ConsumerRecord<byte[], byte[]> first = polled.getFirst();
          return first.offset() == offset
              ? Optional.of(KafkaRecords.message(topic, first))
              : Optional.empty();
        }
      }
      return Optional.empty();
    } catch (InvalidOffsetException e) {
      return Optional.empty();
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }
}
