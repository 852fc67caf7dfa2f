package io.carousel.orchestrator.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Whether to wait, and for how long. */
final class Waiting {
  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      converter = Arguments.OfDuration.class,
      description = "With --wait: give up after this time (exit code 4); by default never.")
  Duration timeout;
}
