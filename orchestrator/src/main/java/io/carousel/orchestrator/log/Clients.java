package io.carousel.orchestrator.log;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka clients, set up as this design needs them. */
final class Clients {
  private final Cluster cluster;

  Clients(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Of the owner. Whoever opens another of that id fences this one. */
  KafkaProducer<byte[], byte[]> transactional(String id) {
    Map<String, Object> settings = producing();
    settings.put("transactional.id", cluster.named(id));
    settings.put("transaction.timeout.ms", 10_000);
    // A transaction that follows at once is told to wait until the markers of the one before are
    // written, which takes a millisecond or two.
    settings.put("retry.backoff.ms", 1);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Of records that stand for themselves. Whoever wrote a batch says so by a flush, so that it goes
   * out in one request: each of them costs the broker as much as many records.
   */
  KafkaProducer<byte[], byte[]> plain() {
    Map<String, Object> settings = producing();
    settings.put("linger.ms", 50);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Reads partitions that it is given; in no group. */
  KafkaConsumer<byte[], byte[]> reader() {
    Map<String, Object> settings = consuming();
    settings.put("max.poll.records", 4096);
    settings.put("fetch.max.wait.ms", 250);
    settings.put("max.partition.fetch.bytes", 4 << 20);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Stands in the group that elects the owner (KIP-848). */
  KafkaConsumer<byte[], byte[]> candidate(String group, int batch) {
    Map<String, Object> settings = consuming();
    settings.put("group.protocol", "consumer");
    settings.put("group.id", cluster.named(group));
    settings.put("max.poll.records", batch);
    // An owner that hangs for this long gives way.
    settings.putIfAbsent("max.poll.interval.ms", 30_000);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  Admin admin() {
    Map<String, Object> settings = common();
    settings.put("default.api.timeout.ms", Math.toIntExact(cluster.patience().toMillis()));
    settings.put("request.timeout.ms", Math.toIntExact(cluster.patience().toMillis()));
    return Admin.create(settings);
  }

  /**
   * What an admin call gives.
   *
   * @throws BrokerUnreachable if nothing came in time
   * @throws ExecutionException if the broker refused
   */
  <T> T await(KafkaFuture<T> answer) throws ExecutionException {
    try {
      return answer.get(cluster.patience().toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new BrokerUnreachable(cluster, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerUnreachable(cluster, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException late) {
        throw new BrokerUnreachable(cluster, late);
      }
      throw e;
    }
  }

  private Map<String, Object> producing() {
    Map<String, Object> settings = common();
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("linger.ms", 0);
    settings.put("batch.size", 256 << 10);
    // How long to wait is the one thing that an operator may know better.
    settings.putIfAbsent("request.timeout.ms", 5_000);
    settings.putIfAbsent("delivery.timeout.ms", 10_000);
    settings.putIfAbsent("max.block.ms", 10_000);
    return settings;
  }

  private Map<String, Object> consuming() {
    Map<String, Object> settings = common();
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    // A position that is not there is never replaced by a guess.
    settings.put("auto.offset.reset", "none");
    // A topic that was deleted is missed, and not replaced by one of other settings.
    settings.put("allow.auto.create.topics", false);
    settings.put("default.api.timeout.ms", Math.toIntExact(cluster.patience().toMillis()));
    return settings;
  }

  private Map<String, Object> common() {
    var settings = new TreeMap<String, Object>(cluster.settings());
    settings.put("retry.backoff.ms", 5);
    settings.put("reconnect.backoff.ms", 20);
    settings.put("reconnect.backoff.max.ms", 1_000);
    // Nothing is sent anywhere but records, and no client is measured from outside.
    settings.put("enable.metrics.push", false);
    settings.put("metric.reporters", "");
    return settings;
  }
}
