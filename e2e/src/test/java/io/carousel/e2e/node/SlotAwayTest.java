package io.carousel.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.orchestrator.documents.RotationStatus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that starts while tokens are away, or refuse its PIN, serves what it can. */
@Timeout(240)
class SlotAwayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Path data() {
    return folder.resolve("data");
  }

  private Child up() throws Exception {
    Child node = Child.start(folder, "up", "--data", data().toString());
    await().atMost(PATIENCE).until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    return node;
  }

  @Test
  void whatIsThereServesAndTheRestComesWhenItCan() throws Exception {
    var cli = new Cli(data());
    try (Child node = up()) {
      cli.done("authority", "create", "web", "--slot", "hsm-a,hsm-b", "--wait");
      assertThat(read(node, "/healthz")).contains("\"ok\"");
      node.stop(PATIENCE.toSeconds());
    }
    Path pin = data().resolve("slots/hsm-b/pin");
    String right = Files.readString(pin);
    Files.writeString(pin, "000000\n");
    try (Child node = up()) {
      assertThat(node.out()).contains("slot hsm-b does not serve", "PIN");
      serves(node, cli, "hsm-b");
      Files.writeString(pin, right);
      Files.delete(data().resolve("slots/hsm-b/pin.refused"));
      await().atMost(PATIENCE).until(() -> node.out().contains("slot 'hsm-b' serves."));
      assertThat(read(node, "/healthz")).contains("\"ok\"");
      node.stop(PATIENCE.toSeconds());
    }
    Path tokens = data().resolve("tokens");
    Path away = data().resolve("away");
    Files.move(tokens, away);
    try (Child node = up()) {
      serves(node, cli, "hsm-a");
      serves(node, cli, "hsm-b");
      Files.delete(tokens);
      Files.move(away, tokens);
      await().atMost(PATIENCE).until(() -> node.out().contains("slot 'hsm-a' serves."));
      await().atMost(PATIENCE).until(() -> node.out().contains("slot 'hsm-b' serves."));
      assertThat(node.stop(PATIENCE.toSeconds())).isZero();
    }
  }

  /** All but that slot. */
  private static void serves(Child node, Cli cli, String missing) throws Exception {
    assertThat(read(node, "/healthz")).contains("degraded", "slot " + missing);
    assertThat(read(node, "/pub/web/crls.pem")).contains("BEGIN X509 CRL");
    assertThat(cli.read(RotationStatus.class, "rotation", "status", "web").warnings())
        .anyMatch(w -> w.startsWith("slot " + missing + " does not serve: "));
  }

  private static String read(Child node, String path) throws Exception {
    Matcher api = Pattern.compile("HTTP API +(http://\\S+)").matcher(node.out());
    assertThat(api.find()).isTrue();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(api.group(1) + path)).build(),
              BodyHandlers.ofString())
          .body();
    }
  }
}
