package io.carousel.deploy.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.Exit;

/**
 * One Kafka broker with its controller (KRaft, combined mode) in this JVM, on loopback, its data in
 * one folder.
 */
public final class EmbeddedBroker implements AutoCloseable {
  static final int NODE_ID = 1;

  private final BrokerFolder folder;
  private final BrokerFolder.Ports ports;
  private KafkaRaftServer server;

  private EmbeddedBroker(BrokerFolder folder, BrokerFolder.Ports ports) {
    this.folder = folder;
    this.ports = ports;
  }

  /**
   * A broker on that folder, not started yet: clients can already be told where it will listen.
   *
   * @throws IOException if the folder cannot be used
   */
  public static EmbeddedBroker on(Path folder) throws IOException {
    var kept = new BrokerFolder(folder);
    kept.format();
    return new EmbeddedBroker(kept, kept.ports());
  }

  /**
   * Has somebody hear when a broker ends this process, as it does where its disk fails or is full:
   * by itself it ends it without a word on the terminal. For the whole process.
   *
   * @param words is given Kafka's reason, or null
   */
  public static void onEnd(Consumer<String> words) {
    Exit.Procedure end =
        (status, message) -> {
          try {
            words.accept(message);
          } finally {
            Runtime.getRuntime().halt(status);
          }
        };
    Exit.setHaltProcedure(end);
    Exit.setExitProcedure(end);
  }

  /**
   * Starts it; returns once it serves.
   *
   * @throws RuntimeException of Kafka's if it cannot
   */
  public synchronized void start() {
    var settings = new TreeMap<String, String>(STEADY);
    settings.putAll(addresses());
    server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    server.startup();
    makeShareState();
  }

  /**
   * Makes the topic in which the broker keeps what share groups have acknowledged before the broker
   * itself does, to say that none of it need wait for the disk. A loss of power then brings back
   * commands that were carried out: a late one is refused, another is answered again and recorded
   * as a repeat, as after any crash of a worker.
   */
  private void makeShareState() {
    var topic = new NewTopic(Topic.SHARE_GROUP_STATE_TOPIC_NAME, 1, (short) 1).configs(SHARE_STATE);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException("the state of share groups has no topic", e.getCause());
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** As the broker would have it, but for the disk. */
  private static final Map<String, String> SHARE_STATE =
      Map.of(
          "cleanup.policy", "delete",
          "retention.ms", "-1",
          "min.insync.replicas", "1",
          "segment.bytes", Integer.toString(100 << 20),
          "flush.messages", Long.toString(Long.MAX_VALUE));

  /** Where it listens, as clients take it. */
  public String bootstrap() {
    return "127.0.0.1:" + ports.broker();
  }

  /** Stops it in order; what was written stays. */
  @Override
  public synchronized void close() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  private Map<String, String> addresses() {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", Integer.toString(NODE_ID)),
        Map.entry("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + ports.controller()),
        Map.entry(
            "listeners",
            "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                .formatted(ports.broker(), ports.controller())),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + ports.broker()),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("log.dirs", folder.data().toString()));
  }

  /** What suits one broker that holds the only copy, and must be back soon after a kill. */
  private static final Map<String, String> STEADY =
      Map.ofEntries(
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("offsets.topic.replication.factor", "1"),
          Map.entry("offsets.topic.num.partitions", "1"),
          Map.entry("transaction.state.log.replication.factor", "1"),
          Map.entry("transaction.state.log.min.isr", "1"),
          Map.entry("transaction.state.log.num.partitions", "1"),
          Map.entry("share.coordinator.state.topic.replication.factor", "1"),
          Map.entry("share.coordinator.state.topic.min.isr", "1"),
          Map.entry("share.coordinator.state.topic.num.partitions", "1"),
          // Each record is on the disk before it is acknowledged: there is no other copy, and a
          // loss of power must not tear a transaction.
          Map.entry("log.flush.interval.messages", "1"),
          Map.entry("add.partitions.to.txn.retry.backoff.ms", "1"),
          // The broker waits for the end of a transaction before; else its clients say so aloud.
          Map.entry("add.partitions.to.txn.retry.backoff.max.ms", "3000"),
          // The owner's transactional id must outlive any pause of the house.
          Map.entry("transactional.id.expiration.ms", Integer.toString(Integer.MAX_VALUE)),
          Map.entry("group.initial.rebalance.delay.ms", "0"),
          // After a kill the broker's own old session keeps it out until it ends.
          Map.entry("broker.session.timeout.ms", "2000"),
          Map.entry("broker.heartbeat.interval.ms", "500"),
          // Lower floors, so that another takes over within seconds.
          Map.entry("group.consumer.min.session.timeout.ms", "1000"),
          Map.entry("group.consumer.session.timeout.ms", "6000"),
          Map.entry("group.consumer.min.heartbeat.interval.ms", "200"),
          Map.entry("group.consumer.heartbeat.interval.ms", "500"),
          Map.entry("group.consumer.min.assignment.interval.ms", "0"),
          Map.entry("group.consumer.assignment.interval.ms", "0"),
          Map.entry("group.share.min.session.timeout.ms", "1000"),
          Map.entry("group.share.session.timeout.ms", "6000"),
          Map.entry("group.share.min.heartbeat.interval.ms", "200"),
          Map.entry("group.share.heartbeat.interval.ms", "500"),
          Map.entry("group.share.min.assignment.interval.ms", "0"),
          Map.entry("group.share.assignment.interval.ms", "0"),
          Map.entry("group.share.min.record.lock.duration.ms", "1000"),
          // Nobody asks for metrics over JMX here, and each costs memory.
          Map.entry("metric.reporters", ""),
          Map.entry("num.network.threads", "1"),
          Map.entry("num.io.threads", "2"),
          Map.entry("num.recovery.threads.per.data.dir", "1"),
          Map.entry("background.threads", "2"),
          Map.entry("log.index.size.max.bytes", "1048576"),
          Map.entry("log.cleaner.dedupe.buffer.size", "2097152"));
}
