package io.carousel.e2e.kills;

import io.carousel.events.seal.Message;
import java.time.Duration;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics as they stand, by a reader that shares nothing with those of the product. */
record Topics(String bootstrap) {
  /** Everything in that topic, partition by partition. */
  void read(String topic, Consumer<Message> reader) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "isolation.level",
            "read_committed",
            "enable.metrics.push",
            false);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> reader.accept(message(record)));
      }
    }
  }

  private static Message message(ConsumerRecord<byte[], byte[]> record) {
    var headers = new ArrayList<Map.Entry<String, byte[]>>();
    Stream.of(record.headers().toArray())
        .forEach(h -> headers.add(new SimpleImmutableEntry<>(h.key(), h.value())));
    return Message.received(record.topic(), record.key(), headers, record.value());
  }
}
