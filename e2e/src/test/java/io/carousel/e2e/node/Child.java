package io.carousel.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code carousel} as a process of its own, as the launcher starts it. */
public final class Child implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts it with these arguments; what it prints goes to files in that folder. */
  public static Child start(Path folder, String... arguments) throws IOException {
    return start(folder, Map.of(), arguments);
  }

  /** With that in its environment besides this process's own. */
  public static Child start(Path folder, Map<String, String> environment, String... arguments)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Daxoniq.update-checker.disabled=true",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            "io.carousel.deploy.Carousel"));
    command.addAll(List.of(arguments));
    // Many nodes run on this machine at once, and each would take the one default port.
    if (command.contains("up") && !command.contains("--port")) {
      command.addAll(List.of("--port", "0"));
    }
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    var builder = new ProcessBuilder(command);
    builder.environment().put("CAROUSEL_SOFTHSM", System.getProperty("carousel.test.softhsm"));
    builder.environment().putAll(environment);
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    return new Child(builder.start(), out, err);
  }

  /** What it printed by now. */
  public String out() {
    return read(out);
  }

  /** The file of what it complained about. */
  public Path errors() {
    return err;
  }

  /** What it complained about by now. */
  public String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The process. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  long pid() {
    return process.pid();
  }

  /** The processes that it has started and that are alive. */
  public List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  /** SIGKILL, to this process alone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; returns its exit code. */
  public int stop(long seconds) throws InterruptedException {
    process.destroy();
    return await(seconds);
  }

  /** Its exit code, once it has ended by itself. */
  public int await(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "still running after %d s; it said: %s%s".formatted(seconds, out(), err()));
    }
    return process.exitValue();
  }

  @Override
  public void close() throws InterruptedException {
    List<ProcessHandle> children = children();
    process.destroyForcibly().waitFor();
    children.forEach(child -> child.onExit().completeOnTimeout(child, 20, TimeUnit.SECONDS).join());
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
