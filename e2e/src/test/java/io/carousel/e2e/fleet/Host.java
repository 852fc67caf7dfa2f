package io.carousel.e2e.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.e2e.node.Child;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A machine with an agent, which is a process of its own, and one output. */
final class Host implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String name;
  private final Path folder;
  private final Path config;
  private Child agent;

  private Host(String name, Path folder, Path config) {
    this.name = name;
    this.folder = folder;
    this.config = config;
  }

  /**
   * Configures one.
   *
   * @param output the lines of its output, beside folder and authority
   */
  static Host configured(Path parent, String name, URI house, Path token, String output)
      throws IOException {
    Path folder = Files.createDirectory(parent.resolve(name));
    String text =
        """
        house:
          url: %s
        participant:
          name: %s
          tokenFile: %s
        state: state
        crls: 2s
        outputs:
          - authority: fleet
            folder: %s
        %s
        """
            .formatted(
                house,
                name,
                token,
                folder.resolve("files"),
                output.strip().indent(4).stripTrailing());
    return new Host(name, folder, Files.writeString(folder.resolve("agent.yaml"), text, UTF_8));
  }

  void start() throws IOException {
    agent = Child.start(folder, "agent", "--config", config.toString());
  }

  /** SIGKILL, and another one in its place. */
  void restart() throws IOException, InterruptedException {
    agent.kill();
    start();
  }

  /** SIGKILL, and none in its place until it is started. */
  void fallAsleep() throws InterruptedException {
    agent.kill();
  }

  void awaitFirstSet() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(folder.resolve("files/confirmed")).as("%s: %s", name, said()).exists());
  }

  /** The set in use at this moment: what is read through the link twice may be of two. */
  Path set() {
    try {
      return link().toRealPath();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The link to the set in use. */
  Path link() {
    return folder.resolve("files/current");
  }

  /** The password of its key stores. */
  String password() throws IOException {
    return Files.readString(folder.resolve("files/password"), UTF_8).strip();
  }

  String name() {
    return name;
  }

  /** What its agent has said. */
  String said() {
    return agent.out() + agent.err();
  }

  @Override
  public void close() throws InterruptedException {
    if (agent != null) {
      agent.close();
    }
  }
}
