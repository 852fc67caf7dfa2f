package io.carousel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.deploy.broker.EmbeddedBroker;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends a process leaves one line on its terminal and one in its log. */
@Timeout(120)
class LastWordsTest {
  @TempDir Path folder;

  /** Ends as its argument says. */
  static final class Doomed {
    private Doomed() {}

    /** Its way to end, then whether a fault ends it. */
    public static void main(String... args) throws Exception {
      Logs.into(Path.of(args[2]).resolve("logs"));
      var words =
          new LastWords("carousel", System.err, Path.of(args[2]), Boolean.parseBoolean(args[1]));
      words.install();
      EmbeddedBroker.onEnd(words::broker);
      var thread =
          new Thread(
              () -> {
                switch (args[0]) {
                  case "halt" -> org.apache.kafka.common.utils.internals.Exit.halt(1);
                  case "exit" ->
                      org.apache.kafka.common.utils.internals.Exit.exit(1, "quorum lost");
                  case "memory" -> throw new OutOfMemoryError("Java heap space");
                  default -> throw new IllegalStateException("a bug");
                }
              },
              "doomed");
      thread.start();
      thread.join();
      System.exit(0);
    }
  }

  private record Ended(int status, String terminal, String log) {}

  private Ended run(String how, boolean endsByFault) throws Exception {
    Files.createDirectories(folder.resolve("logs"));
    File terminal = folder.resolve("terminal").toFile();
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Doomed.class.getName(),
                how,
                Boolean.toString(endsByFault),
                folder.toString()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(terminal).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    var log = new StringBuilder();
    try (var files = Files.list(folder.resolve("logs"))) {
      for (Path file : files.toList()) {
        log.append(Files.readString(file));
      }
    }
    return new Ended(process.exitValue(), Files.readString(terminal.toPath()), log.toString());
  }

  private static void saysOnce(Ended ended, String... parts) {
    assertThat(ended.terminal().lines().filter(l -> l.startsWith("carousel: "))).hasSize(1);
    assertThat(ended.terminal()).contains(parts);
    assertThat(ended.log()).contains(parts);
  }

  @Test
  void aBrokerThatHaltsTheProcessIsNamed() throws Exception {
    Ended ended = run("halt", false);
    assertThat(ended.status()).isEqualTo(1);
    saysOnce(ended, "embedded Kafka broker", "MiB are free", "start again");
  }

  @Test
  void aBrokerThatEndsTheProcessIsNamedWithItsReason() throws Exception {
    Ended ended = run("exit", false);
    assertThat(ended.status()).isEqualTo(1);
    saysOnce(ended, "embedded Kafka broker", "quorum lost");
  }

  @Test
  void memoryThatIsUsedUpEndsTheProcess() throws Exception {
    Ended ended = run("memory", false);
    assertThat(ended.status()).isEqualTo(1);
    saysOnce(ended, "out of memory", "thread doomed", "Java heap space");
  }

  @Test
  void aFaultInAThreadIsToldAndTheRestGoesOn() throws Exception {
    Ended ended = run("fault", false);
    assertThat(ended.status()).isZero();
    saysOnce(ended, "thread doomed", "the rest goes on", "a bug");
  }

  @Test
  void aFaultInAThreadEndsWhatIsStartedAgain() throws Exception {
    Ended ended = run("fault", true);
    assertThat(ended.status()).isEqualTo(1);
    saysOnce(ended, "thread doomed", "it ends the program", "a bug");
  }
}
