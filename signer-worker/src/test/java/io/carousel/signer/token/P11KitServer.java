package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carousel.events.testing.Libraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PKCS#11 module served to other processes over a socket: an HSM that can be away. Each client is
 * served by a process forked for it, which outlives the one that listens, so all are killed.
 */
public final class P11KitServer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(5);

  private final Path provider;
  private final Path directory;
  private final Path socket;
  private final Map<String, String> environment;
  private Process process;

  /** Where a provider is to be served; nothing runs yet. */
  public P11KitServer(Path provider, Path directory, Map<String, String> environment) {
    this.provider = provider;
    this.directory = directory;
    this.socket = directory.resolve("p11-kit.socket");
    this.environment = environment;
  }

  /** The module by which other processes reach it. */
  public static Path client() {
    Optional<Path> client = Libraries.find("p11-kit-client.so");
    assumeTrue(client.isPresent(), "p11-kit-client.so is not installed");
    return client.get();
  }

  /** What the environment of a process that loads the client must hold. */
  public Map<String, String> address() {
    return Map.of("P11_KIT_SERVER_ADDRESS", "unix:path=" + socket);
  }

  /** Starts it and waits until it listens. */
  public void start() throws IOException {
    Files.deleteIfExists(socket);
    ProcessBuilder builder =
        new ProcessBuilder(
                "p11-kit",
                "server",
                "--foreground",
                "--provider",
                provider.toString(),
                "--name",
                socket.toString(),
                "pkcs11:")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      assumeTrue(false, "p11-kit is not installed");
    }
    await().until(() -> Files.exists(socket) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IOException("p11-kit server: " + Files.readString(log(), UTF_8));
    }
  }

  private Path log() {
    return directory.resolve("p11-kit.log");
  }

  /** Whoever listens, and all who serve. */
  private List<ProcessHandle> all() {
    ProcessHandle listener = process.toHandle();
    return Stream.concat(Stream.of(listener), listener.descendants()).toList();
  }

  /** SIGKILL. */
  public void kill() {
    List<ProcessHandle> all = all();
    all.forEach(ProcessHandle::destroyForcibly);
    await().pollInterval(POLL).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** SIGSTOP: it neither answers nor hangs up. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    for (ProcessHandle each : all()) {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(each.pid())).start().waitFor();
      if (status != 0) {
        throw new IOException("cannot send SIG%s to process %d".formatted(name, each.pid()));
      }
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
