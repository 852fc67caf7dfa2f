package io.carousel.signer.kafka;

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

/** Messages as Kafka's records and back. */
final class Envelope {
  private Envelope() {}

  /**
   * What that record says.
   *
   * @throws ForgedRecord if it is of no form that anybody signs
   */
  static Message open(ConsumerRecord<byte[], byte[]> record) {
    var headers = new ArrayList<Map.Entry<String, byte[]>>();
    for (Header header : record.headers()) {
      headers.add(new SimpleImmutableEntry<>(header.key(), header.value()));
    }
    return Message.received(record.topic(), record.key(), headers, record.value());
  }

  static ProducerRecord<byte[], byte[]> close(Message message) {
    byte[] key = message.key() == null ? null : message.key().getBytes(UTF_8);
    var record =
        new ProducerRecord<>(
            message.topic(), Topic.partitionFor(message.topic()), key, message.value());
    message.headers().forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    return record;
  }
}
