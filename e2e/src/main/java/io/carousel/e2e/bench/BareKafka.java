package io.carousel.e2e.bench;

import io.carousel.events.topics.Topic;
import io.carousel.orchestrator.log.Cluster;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The same transactions as the owner's, by Kafka's own clients and nothing else: as many records of
 * as many bytes to the same topics, and the position. What no log over Kafka can beat.
 */
final class BareKafka implements AutoCloseable {
  private final Cluster cluster;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> member;
  private final TopicPartition commands;
  private long position;

  /**
   * One part of a transaction.
   *
   * @param bytes of key, value and headers together
   */
  record Part(String topic, int bytes) {}

  BareKafka(Cluster cluster) {
    this.cluster = cluster;
    this.commands = new TopicPartition(cluster.prefix() + Topic.COMMANDS.topicName(), 0);
    this.producer =
        new KafkaProducer<>(
            settings(
                Map.of(
                    "transactional.id",
                    cluster.prefix() + "bare",
                    "acks",
                    "all",
                    "linger.ms",
                    0,
                    "batch.size",
                    256 << 10)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    this.member =
        new KafkaConsumer<>(
            settings(
                Map.of(
                    "group.protocol",
                    "consumer",
                    "group.id",
                    cluster.prefix() + "bare",
                    "auto.offset.reset",
                    "latest",
                    "enable.auto.commit",
                    false)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    producer.initTransactions();
    member.subscribe(List.of(commands.topic()));
    while (member.assignment().isEmpty()) {
      member.poll(Duration.ofMillis(50));
    }
  }

  private Map<String, Object> settings(Map<String, Object> own) {
    var all = new HashMap<>(own);
    all.put("bootstrap.servers", cluster.bootstrap());
    all.put("retry.backoff.ms", 1);
    all.put("enable.metrics.push", false);
    return all;
  }

  /** One transaction of so many times these parts; says how many nanoseconds it took. */
  long transaction(List<Part> parts, int times) {
    long began = System.nanoTime();
    producer.beginTransaction();
    for (int i = 0; i < times; i++) {
      for (Part part : parts) {
        // What becomes of it is what becomes of the transaction.
        var _ =
            producer.send(
                new ProducerRecord<>(cluster.prefix() + part.topic(), new byte[part.bytes()]));
      }
    }
    position += times;
    producer.sendOffsetsToTransaction(
        Map.of(commands, new OffsetAndMetadata(position)), member.groupMetadata());
    producer.commitTransaction();
    return System.nanoTime() - began;
  }

  /** Reads the log of that cluster from its beginning to its end; events a second. */
  static double read(Cluster cluster, long events) {
    var partition = new TopicPartition(cluster.prefix() + Topic.EVENTS.topicName(), 0);
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            cluster.bootstrap(),
            "isolation.level",
            "read_committed",
            "enable.metrics.push",
            false,
            "max.poll.records",
            4096,
            "max.partition.fetch.bytes",
            4 << 20);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      long seen = 0;
      long began = System.nanoTime();
      while (consumer.position(partition) < end) {
        seen += consumer.poll(Duration.ofMillis(200)).count();
      }
      if (seen < events) {
        throw new IllegalStateException("%d of %d events were read".formatted(seen, events));
      }
      return events * 1e9 / (System.nanoTime() - began);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    member.close();
  }
}
