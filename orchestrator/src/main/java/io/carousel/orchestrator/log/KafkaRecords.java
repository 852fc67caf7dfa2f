package io.carousel.orchestrator.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Messages as Kafka's records, and back. */
final class KafkaRecords {
  private KafkaRecords() {}

  static ProducerRecord<byte[], byte[]> of(Cluster cluster, Message message) {
    var headers = new RecordHeaders();
    for (Map.Entry<String, String> header : message.headers().entrySet()) {
      headers.add(header.getKey(), header.getValue().getBytes(UTF_8));
    }
    byte[] key = message.key() == null ? null : message.key().getBytes(UTF_8);
    return new ProducerRecord<>(
        cluster.named(message.topic()),
        Topic.partitionFor(message.topic()),
        null,
        key,
        message.value(),
        headers);
  }

  /**
   * What that record says.
   *
   * @param topic as the contract names it
   * @throws ForgedRecord if it is of no form that anybody signs
   */
  static Message message(String topic, ConsumerRecord<byte[], byte[]> kafka) {
    var headers = new ArrayList<Map.Entry<String, byte[]>>();
    for (Header header : kafka.headers()) {
      headers.add(new SimpleImmutableEntry<>(header.key(), header.value()));
    }
    return Message.received(topic, kafka.key(), headers, kafka.value());
  }
}
