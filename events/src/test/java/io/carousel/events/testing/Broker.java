package io.carousel.events.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker, with its controller, in this process. It can be stopped and started again on the
 * same folder and ports. Its groups fail over within two seconds.
 */
public final class Broker implements AutoCloseable {
  private static final class Shared {
    static final Broker BROKER = fresh(Map.of());

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(BROKER::close));
    }
  }

  private final Path folder;
  private final int port = freePort();
  private final int controllerPort = freePort();
  private final Map<String, String> settings = new HashMap<>();
  private KafkaRaftServer server;

  private Broker(Path folder, Map<String, String> more) {
    this.folder = folder;
    settings.putAll(addresses());
    settings.putAll(SMALL);
    settings.putAll(QUICK);
    settings.putAll(more);
  }

  /** One for the whole process, started when first asked for; use names of your own on it. */
  public static Broker shared() {
    return Shared.BROKER;
  }

  /** A new one, on a folder that goes when it is closed. */
  public static Broker fresh(Map<String, String> more) {
    try {
      var broker = new Broker(Files.createTempDirectory("carousel-broker"), more);
      broker.format();
      broker.start();
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /** Starts it, if it is stopped. */
  public void start() {
    if (server == null) {
      server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
      server.startup();
    }
  }

  /** Stops it; what was written stays. */
  public void stop() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  @Override
  public void close() {
    stop();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void format() {
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(1)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(folder.toString())
          .setDirectories(List.of(folder.toString()))
          .run();
    } catch (Exception e) {
      throw new IllegalStateException("the broker's folder could not be formatted", e);
    }
  }

  private Map<String, String> addresses() {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
        Map.entry(
            "listeners",
            "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort)),
        Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("log.dirs", folder.toString()));
  }

  /** One broker, few partitions, few threads. */
  private static final Map<String, String> SMALL =
      Map.ofEntries(
          Map.entry("num.partitions", "1"),
          Map.entry("auto.create.topics.enable", "false"),
          Map.entry("offsets.topic.replication.factor", "1"),
          Map.entry("offsets.topic.num.partitions", "1"),
          Map.entry("transaction.state.log.replication.factor", "1"),
          Map.entry("transaction.state.log.min.isr", "1"),
          Map.entry("transaction.state.log.num.partitions", "1"),
          Map.entry("share.coordinator.state.topic.replication.factor", "1"),
          Map.entry("share.coordinator.state.topic.min.isr", "1"),
          Map.entry("share.coordinator.state.topic.num.partitions", "1"),
          Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
          Map.entry("num.network.threads", "1"),
          Map.entry("num.io.threads", "2"));

  /** Floors lowered, so that tests need not wait for what operators gladly wait for. */
  private static final Map<String, String> QUICK =
      Map.ofEntries(
          Map.entry("add.partitions.to.txn.retry.backoff.ms", "1"),
          // On a busy machine the last transaction takes a while to end; wait here, not in clients.
          Map.entry("add.partitions.to.txn.retry.backoff.max.ms", "3000"),
          Map.entry("broker.session.timeout.ms", "2000"),
          Map.entry("broker.heartbeat.interval.ms", "500"),
          Map.entry("group.initial.rebalance.delay.ms", "0"),
          Map.entry("group.consumer.min.session.timeout.ms", "1000"),
          Map.entry("group.consumer.session.timeout.ms", "1500"),
          Map.entry("group.consumer.min.heartbeat.interval.ms", "100"),
          Map.entry("group.consumer.heartbeat.interval.ms", "300"),
          Map.entry("group.consumer.min.assignment.interval.ms", "0"),
          Map.entry("group.consumer.assignment.interval.ms", "0"),
          Map.entry("group.share.min.session.timeout.ms", "1000"),
          Map.entry("group.share.session.timeout.ms", "1500"),
          Map.entry("group.share.min.heartbeat.interval.ms", "100"),
          Map.entry("group.share.heartbeat.interval.ms", "300"),
          Map.entry("group.share.min.assignment.interval.ms", "0"),
          Map.entry("group.share.assignment.interval.ms", "0"),
          Map.entry("group.share.min.record.lock.duration.ms", "1000"));

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
