package io.carousel.deploy.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * What a broker keeps on disk.
 *
 * <pre>
 * data/              Kafka's own
 * ports.properties   where broker and controller listen
 * </pre>
 */
record BrokerFolder(Path root) {
  private static final String BROKER = "broker";
  private static final String CONTROLLER = "controller";

  /** Ports on loopback. */
  record Ports(int broker, int controller) {}

  Path data() {
    return root.resolve("data");
  }

  /** Formats it aside and moves it, so that a crash leaves no half of it. */
  void format() throws IOException {
    Files.createDirectories(root);
    if (Files.exists(data())) {
      return;
    }
    Path draft = root.resolve("data.new");
    delete(draft);
    Files.createDirectory(draft);
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(EmbeddedBroker.NODE_ID)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(draft.toString())
          .setDirectories(List.of(draft.toString()))
          .run();
    } catch (Exception e) {
      throw new IOException(
          "the broker's folder %s cannot be prepared: %s".formatted(root, e.getMessage()), e);
    }
    Files.move(draft, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * The ports of the last start, or new ones if somebody else has taken them since: clients are
   * told at each start, and the controller has but one voter, whose address is configuration.
   */
  Ports ports() throws IOException {
    Path file = root.resolve("ports.properties");
    var kept = new Properties();
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        kept.load(in);
      }
    }
    int broker = number(kept.getProperty(BROKER));
    int controller = number(kept.getProperty(CONTROLLER));
    if (free(broker) && free(controller)) {
      return new Ports(broker, controller);
    }
    Ports chosen = choose();
    kept.setProperty(BROKER, Integer.toString(chosen.broker()));
    kept.setProperty(CONTROLLER, Integer.toString(chosen.controller()));
    try (var out = Files.newBufferedWriter(file)) {
      kept.store(out, null);
    }
    return chosen;
  }

  private static int number(String text) {
    return text != null && text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
  }

  private static boolean free(int port) {
    if (port == 0) {
      return false;
    }
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Ports choose() throws IOException {
    try (var one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var two = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new Ports(one.getLocalPort(), two.getLocalPort());
    }
  }
}
