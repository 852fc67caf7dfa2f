package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.deploy.node.NodeFolder;
import io.carousel.e2e.node.Cli;
import io.carousel.e2e.node.Node;
import io.carousel.events.PhaseName;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.ExitCode;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody deletes the topic that reports are in, in the middle of a rotation. */
class LostTopicTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  private static RotationStatus status(Cli cli) {
    return cli.read(RotationStatus.class, "rotation", "status", "fleet");
  }

  private Host host(Node node, String name) throws Exception {
    Path token = folder.resolve(name + ".token");
    node.cli()
        .done(
            "fleet",
            "token",
            "create",
            "--authority=fleet",
            "--role=presents-client",
            "--role=verifies",
            "--name=" + name,
            "--ttl=1h",
            "--out=" + token);
    return Host.configured(
        folder, name, node.listener(), token, "roles: [presents-client, verifies]");
  }

  private void deleteReports() throws Exception {
    byte[] described = Files.readAllBytes(folder.resolve("data/node.json"));
    String bootstrap = Json.PLAIN.read(described, NodeFolder.Description.class).bootstrap();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      String topic = Topic.FLEET.topicName();
      admin.deleteTopics(List.of(topic)).all().get();
      await().until(() -> !admin.listTopics().names().get().contains(topic));
    }
  }

  private static Map<String, String> contents(Path set) throws Exception {
    try (Stream<Path> files = Files.list(set)) {
      return files.collect(Collectors.toMap(f -> f.getFileName().toString(), LostTopicTest::read));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void noGateOpensFilesStayAndAStartHealsIt() throws Exception {
    try (var node = Node.listening(folder, "--slot", "only")) {
      Cli cli = node.cli();
      cli.done("authority", "create", "fleet", "--leaf-lifetime=1h", "--wait");
      try (Host first = host(node, "first");
          Host second = host(node, "second")) {
        first.start();
        first.awaitFirstSet();
        cli.done("rotation", "start", "fleet", "--reason=yearly");
        await().atMost(PATIENCE).until(() -> status(cli).gate().ready());
        Map<String, String> before = contents(first.set());
        deleteReports();

        Cli.Ran refused = cli.run("rotation", "advance", "fleet");

        assertThat(refused.status()).as(refused.err()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
            .contains(Topic.FLEET.topicName())
            .contains("start this orchestrator again");
        assertThat(status(cli).seen().phase()).isEqualTo(PhaseName.INIT);
        // Credentials are still issued.
        second.start();
        second.awaitFirstSet();
        assertThat(contents(first.set())).isEqualTo(before);
        await().atMost(PATIENCE).until(() -> first.said().contains("Kafka took no report"));

        node.restart();

        await().atMost(PATIENCE).until(() -> status(node.cli()).gate().ready());
        node.cli().done("rotation", "advance", "fleet", "--wait", "--timeout=60s");
        assertThat(status(node.cli()).seen().phase()).isEqualTo(PhaseName.UPDATE_CLIENTS);
      }
    }
  }
}
