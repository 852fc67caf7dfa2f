package io.carousel.signer.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.seal.Message;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Messages as Kafka's records and back. Reading never fails: what is no text, or stands there
 * twice, makes a message whose signature does not hold.
 */
final class Envelope {
  private static final byte[] NOTHING = {};

  private Envelope() {}

  static Message open(ConsumerRecord<byte[], byte[]> record) {
    var headers = new TreeMap<String, String>();
    for (Header header : record.headers()) {
      headers.merge(header.key(), text(header.value()), String::concat);
    }
    String key = record.key() == null ? null : text(record.key());
    byte[] value = record.value() == null ? NOTHING : record.value();
    return new Message(record.topic(), key, headers, value);
  }

  static ProducerRecord<byte[], byte[]> close(Message message) {
    byte[] key = message.key() == null ? null : message.key().getBytes(UTF_8);
    var record = new ProducerRecord<>(message.topic(), key, message.value());
    message.headers().forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
    return record;
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, UTF_8);
  }
}
