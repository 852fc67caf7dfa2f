package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Where commands run.
 *
 * @param terminal whether somebody looks at the output as it comes
 * @param patience how long a call may go unanswered
 * @param pause between two looks at something that changes
 */
public record Surroundings(
    Map<String, String> environment,
    Path home,
    boolean terminal,
    InstantSource clock,
    Duration patience,
    Duration pause) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Copies. */
  public Surroundings {
    environment = Map.copyOf(environment);
  }

  /** How wide the terminal is, as the variable COLUMNS or the terminal itself says. */
  int tableColumns() {
    int wide = Integer.MAX_VALUE / 2;
    try {
      String said = environment.getOrDefault("COLUMNS", terminal ? terminalSays() : "");
      int columns = said.isBlank() ? wide : Integer.parseInt(said.strip());
      return columns < 20 ? wide : columns;
    } catch (NumberFormatException e) {
      return wide;
    }
  }

  private static String terminalSays() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/tty")))
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), US_ASCII).strip();
      return size.contains(" ") ? size.substring(size.indexOf(' ') + 1) : "";
    } catch (java.io.IOException e) {
      return "";
    }
  }

  /** Those of this process. */
  public static Surroundings own() {
    return new Surroundings(
        System.getenv(),
        // As shells and the launcher take it, which sudo and containers may have set otherwise.
        Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home"))),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent(),
        InstantSource.system(),
        PATIENCE,
        PAUSE);
  }

  /** The data folder, if the command line names none. */
  public Path data() {
    String own = environment.getOrDefault("CAROUSEL_DATA", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String shared = environment.getOrDefault("XDG_DATA_HOME", "");
    // A relative one is to be ignored (XDG Base Directory Specification).
    Path base =
        shared.isBlank() || !Path.of(shared).isAbsolute()
            ? home.resolve(".local").resolve("share")
            : Path.of(shared);
    return base.resolve("carousel").resolve("node");
  }

  /** How many characters a line may have. */
  int columns() {
    try {
      return Math.max(40, Integer.parseInt(environment.getOrDefault("COLUMNS", "")));
    } catch (NumberFormatException e) {
      return 80;
    }
  }

  /** Sleeps a little; an interrupt ends the command. */
  void pauseFor(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailed.because("interrupted");
    }
  }
}
