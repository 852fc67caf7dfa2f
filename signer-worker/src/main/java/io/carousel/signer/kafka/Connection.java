package io.carousel.signer.kafka;

import io.carousel.events.AuthorName;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes clients. Their buffers are small: a worker signs some thousand small records a second at
 * most, and several workers share a machine.
 *
 * @param bootstrapServers {@code host:port,…}
 * @param author names the clients in the broker's eyes
 */
public record Connection(String bootstrapServers, AuthorName author) {
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final int REQUEST_MS = 15_000;
  private static final int DELIVERY_MS = 30_000;
  private static final int FETCH_BYTES = 2 << 20;
  private static final int PARTITION_FETCH_BYTES = 1 << 20;
  private static final int LINGER_MS = 50;
  private static final int BATCH_BYTES = 256 << 10;
  private static final long SEND_BUFFER_BYTES = 8L << 20;

  private Map<String, Object> common(String purpose) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("client.id", "%s-%s-%d".formatted(author, purpose, MADE.incrementAndGet()));
    settings.put("request.timeout.ms", REQUEST_MS);
    settings.put("retry.backoff.ms", 20);
    settings.put("reconnect.backoff.max.ms", 1_000);
    // Nobody outside the cluster is told what runs here.
    settings.put("enable.metrics.push", false);
    return settings;
  }

  Admin admin() {
    Map<String, Object> settings = common("admin");
    settings.put("default.api.timeout.ms", REQUEST_MS);
    return Admin.create(settings);
  }

  /** For the log: committed records alone, and a log that goes back is an error. */
  Consumer<byte[], byte[]> tail() {
    Map<String, Object> settings = common("tail");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "none");
    settings.put("enable.auto.commit", false);
    settings.put("allow.auto.create.topics", false);
    settings.put("fetch.max.bytes", FETCH_BYTES);
    settings.put("max.partition.fetch.bytes", PARTITION_FETCH_BYTES);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * For commands. By default a share consumer may be given more than it asked for; this one is not,
   * so that what one worker holds back from others is bounded.
   */
  ShareConsumer<byte[], byte[]> group(String group, int inHand) {
    Map<String, Object> settings = common(group);
    settings.put("group.id", group);
    settings.put("share.acknowledgement.mode", "explicit");
    settings.put("share.acquire.mode", "record_limit");
    settings.put("max.poll.records", inHand);
    settings.put("fetch.max.bytes", FETCH_BYTES);
    settings.put("default.api.timeout.ms", REQUEST_MS);
    return new KafkaShareConsumer<>(
        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  Producer<byte[], byte[]> producer() {
    Map<String, Object> settings = common("answers");
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    // A batch of answers goes out in one request, so that the broker goes to its disk once for each
    // partition; whoever wrote a batch says so by a flush, and waits for no time to pass.
    settings.put("linger.ms", LINGER_MS);
    settings.put("batch.size", BATCH_BYTES);
    settings.put("max.block.ms", REQUEST_MS);
    settings.put("delivery.timeout.ms", DELIVERY_MS);
    settings.put("buffer.memory", SEND_BUFFER_BYTES);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
