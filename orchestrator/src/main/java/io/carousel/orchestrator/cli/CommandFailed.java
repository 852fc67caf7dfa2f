package io.carousel.orchestrator.cli;

import io.carousel.orchestrator.text.PlainText;
import java.nio.file.Path;
import java.time.Duration;

/** A command cannot do what it was asked for; the message says what, why and what to do next. */
final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;

  private CommandFailed(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static CommandFailed because(String message) {
    return new CommandFailed(ExitCode.FAILED, message);
  }

  static CommandFailed noNode(Path data, boolean named) {
    return new CommandFailed(
        ExitCode.NO_NODE,
        "no node is running on %s; start one with ./carousel up%s"
            .formatted(data, named ? " --data " + data : ""));
  }

  static CommandFailed outcomeUnknown(String last) {
    return new CommandFailed(
        ExitCode.UNKNOWN,
        "it is not known whether this was done (%s); it may still be, even after the node is started anew: look with 'carousel log' before asking again"
            .formatted(last));
  }

  static CommandFailed noAnswer(Duration waited, String last) {
    return new CommandFailed(
        ExitCode.UNKNOWN,
        "the node gave no answer within %d seconds (%s); try again later"
            .formatted(waited.toSeconds(), last));
  }

  static CommandFailed stillWaiting(Duration waited, String why) {
    return new CommandFailed(
        ExitCode.UNKNOWN, "waited %s in vain: %s".formatted(PlainText.duration(waited), why));
  }

  int exitCode() {
    return exitCode;
  }
}
