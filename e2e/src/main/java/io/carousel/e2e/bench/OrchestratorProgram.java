package io.carousel.e2e.bench;

import io.carousel.events.AuthorName;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An orchestrator as a process of its own, so that what it needs can be told from what the rest
 * does. It says {@code ready PORT}, answers {@code memory} with the bytes that live in its heap,
 * and ends with its standard input.
 */
public final class OrchestratorProgram {
  static final String READY = "ready ";
  static final String MEMORY = "memory";

  private static final Duration SESSION = Duration.ofSeconds(6);

  private OrchestratorProgram() {}

  /**
   * Runs it.
   *
   * @param args Kafka's bootstrap servers, its folder, the file of the API's secret
   */
  public static void main(String... args) throws IOException {
    var config =
        new OrchestratorConfig(
            args[0],
            1,
            new AuthorName("orchestrator-1"),
            Path.of(args[1]),
            true,
            0,
            Path.of(args[2]),
            SESSION);
    try (var orchestrator = Orchestrator.start(config);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println(READY + orchestrator.apiPort());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(MEMORY)) {
          System.out.println(live());
        }
      }
    }
    System.exit(0);
  }

  private static long live() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
