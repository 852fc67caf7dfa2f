package io.carousel.signer;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A worker in a process of its own, as small as it is in production. */
final class ChildWorker implements AutoCloseable {
  private final Process process;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Thread> readers;

  private ChildWorker(Process process) {
    this.process = process;
    this.readers =
        List.of(read(process.getInputStream(), out), read(process.getErrorStream(), err));
  }

  static ChildWorker start(Path config, String... more) throws IOException {
    return start(config, Map.of(), more);
  }

  /** With that in its environment besides this process's own. */
  static ChildWorker start(Path config, Map<String, String> environment, String... more)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                "--config",
                config.toString()));
    command.addAll(List.of(more));
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return new ChildWorker(builder.start());
  }

  private static Thread read(InputStream from, OutputStream to) {
    return Thread.ofVirtual()
        .start(() -> {
          try (from) {
            from.transferTo(to);
          } catch (IOException e) {
            // the process is gone
          }
        });
  }

  ChildWorker ready() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> out().contains("ready") || !process.isAlive());
    if (!out().contains("ready")) {
      throw new AssertionError("ended with %d: %s".formatted(process.exitValue(), err()));
    }
    return this;
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; the exit status. */
  int terminate() throws InterruptedException {
    process.destroy();
    return status();
  }

  /** As if the parent had died; the exit status. */
  int closeInput() throws IOException, InterruptedException {
    process.getOutputStream().close();
    return status();
  }

  private int status() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker does not end: " + err());
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  /** Its exit status, if it has ended by itself or was made to. */
  OptionalInt ended() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
