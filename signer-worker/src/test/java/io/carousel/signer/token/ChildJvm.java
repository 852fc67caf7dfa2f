package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A program of the tests in a process of its own, because a module reads its environment but once,
 * because initialising it touches a whole process, and because processes can be killed.
 */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final Path errors;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private ChildJvm(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  /**
   * Starts it with this process's class path.
   *
   * @param directory where its standard error goes
   * @param environment what it gets besides this process's own
   */
  public static ChildJvm start(
      Class<?> program, Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + directory.resolve("crash.txt"),
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile(directory, program.getSimpleName(), ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start(), errors);
  }

  private void read() {
    try (BufferedReader from = process.inputReader(UTF_8)) {
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its exit status, if it has ended. */
  public OptionalInt status() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** What it has printed on standard output so far; fails if it ended by a fault. */
  public List<String> lines() {
    if (status().orElse(0) != 0) {
      throw new AssertionError(
          "the program ended with status %d: %s".formatted(process.exitValue(), errors()));
    }
    return List.copyOf(lines);
  }

  private String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets it end by itself, which it does when its standard input does; all that it printed. */
  public List<String> end() throws IOException, InterruptedException {
    process.outputWriter().close();
    process.waitFor();
    reader.join();
    return lines();
  }

  /** SIGKILL, if it has not ended; all that it had printed. */
  public List<String> kill() throws InterruptedException {
    process.toHandle().destroyForcibly(); // Process's own would close what is still to be read
    process.waitFor();
    reader.join();
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    process.toHandle().destroyForcibly();
  }
}
