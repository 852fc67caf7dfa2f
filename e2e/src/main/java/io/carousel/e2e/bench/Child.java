package io.carousel.e2e.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java program beside the benchmark's, on the same class path; it ends when this one does. */
final class Child implements AutoCloseable {
  private static final int KIB_PER_MIB = 1024;
  private static final Duration FAREWELL = Duration.ofSeconds(15);

  private final Process process;
  private final BufferedReader out;
  private final BufferedWriter in;

  private Child(Process process) {
    this.process = process;
    this.out = process.inputReader(UTF_8);
    this.in = process.outputWriter(UTF_8);
  }

  /**
   * Starts it.
   *
   * @param flags of its JVM
   * @param softHsm what SoftHSM is told
   * @param log gets its standard error
   */
  static Child start(
      List<String> flags, Class<?> program, List<String> arguments, Path softHsm, Path log)
      throws IOException {
    return start(flags, program, arguments, Map.of("SOFTHSM2_CONF", softHsm.toString()), log);
  }

  /**
   * Starts it.
   *
   * @param flags of its JVM
   * @param environment beside this process's own
   * @param log gets its standard error
   */
  static Child start(
      List<String> flags,
      Class<?> program,
      List<String> arguments,
      Map<String, String> environment,
      Path log)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return new Child(builder.start());
  }

  /**
   * The next line that it prints.
   *
   * @throws IllegalStateException if it ended instead
   */
  String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IllegalStateException("it ended, and said nothing more; its log says why");
    }
    return line;
  }

  /** Tells it a line. */
  void tell(String line) throws IOException {
    in.write(line);
    in.newLine();
    in.flush();
  }

  /** Waits until it has ended well. */
  void awaitEnd() throws IOException {
    try {
      out.transferTo(java.io.Writer.nullWriter());
      if (process.waitFor() != 0) {
        throw new IllegalStateException("it ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** CPU time of the whole process so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** VmRSS (proc(5)); 0 on systems that do not say. */
  long residentMib() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /** Asks it to finish what is in hand, and waits. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    out.close();
  }
}
