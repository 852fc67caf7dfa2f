package io.carousel.orchestrator.log;

import io.carousel.events.topics.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Copies what must not be lost to another Kafka cluster: the log, the register of what was issued,
 * what was begun to be signed, reports and evidence. Keys, headers, values, times and the order in
 * each partition stay as they are, so that signatures hold there as here. What is asked and not
 * answered is not copied: it is asked again.
 */
public final class LogCopy {
  private static final List<Topic> KEPT =
      List.of(Topic.RESULTS, Topic.ATTEMPTS, Topic.FLEET, Topic.EVIDENCE, Topic.EVENTS);

  private final Cluster from;
  private final Cluster to;
  private final Set<Long> without;

  /**
   * What became of one topic.
   *
   * @param leftOut records that were not to be copied
   */
  public record Copied(String topic, long records, long leftOut) {}

  private LogCopy(Cluster from, Cluster to, Set<Long> without) {
    this.from = from;
    this.to = to;
    this.without = without;
  }

  /**
   * Copies; makes the topics there.
   *
   * @param without offsets in {@code carousel.events} of records that are not to be copied
   * @throws IllegalStateException if there is nothing to copy, or a log is there already
   * @throws BrokerUnreachable if one of them is away
   */
  public static List<Copied> copy(Cluster from, Cluster to, Set<Long> without) {
    return new LogCopy(from, to, without).copy();
  }

  private List<Copied> copy() {
    if (end(from) == 0) {
      throw new IllegalStateException(
          "%s at %s is empty: there is nothing to copy"
              .formatted(Topic.EVENTS.topicName(), from.bootstrap()));
    }
    TopicSetup.ensure(to, List.of());
    if (end(to) > 0) {
      throw new IllegalStateException(
          "%s at %s is not empty; copy to a Kafka cluster that holds no log"
              .formatted(Topic.EVENTS.topicName(), to.bootstrap()));
    }
    // The log last: a copy that was broken off is none that anybody starts on.
    return KEPT.stream().map(topic -> copy(topic.topicName())).toList();
  }

  private static long end(Cluster cluster) {
    try (var places = new Places(cluster)) {
      return places.eventsEnd();
    }
  }

  private Copied copy(String topic) {
    try (KafkaConsumer<byte[], byte[]> reader = new Clients(from).reader();
        KafkaProducer<byte[], byte[]> writer = new Clients(to).plain()) {
      List<TopicPartition> partitions =
          reader.partitionsFor(from.named(topic), from.patience()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .filter(p -> Topic.partitionFor(topic) == null || p.partition() == 0)
              .toList();
      reader.assign(partitions);
      reader.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
      int there = writer.partitionsFor(to.named(topic)).size();
      long copied = 0;
      long left = 0;
      while (partitions.stream().anyMatch(p -> reader.position(p) < ends.get(p))) {
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(from.patience())) {
          if (topic.equals(Topic.EVENTS.topicName()) && without.contains(record.offset())) {
            left++;
          } else {
            sent.add(writer.send(moved(topic, record, there)));
          }
        }
        writer.flush();
        copied += await(sent);
      }
      return new Copied(topic, copied, left);
    }
  }

  private ProducerRecord<byte[], byte[]> moved(
      String topic, ConsumerRecord<byte[], byte[]> record, int partitions) {
    return new ProducerRecord<>(
        to.named(topic),
        record.partition() % partitions,
        record.timestamp(),
        record.key(),
        record.value(),
        record.headers());
  }

  private int await(List<Future<RecordMetadata>> sent) {
    try {
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
      return sent.size();
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "what was copied could not be written: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while copying", e);
    }
  }
}
