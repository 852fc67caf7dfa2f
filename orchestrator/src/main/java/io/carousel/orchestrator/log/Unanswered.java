package io.carousel.orchestrator.log;

import io.carousel.events.CommandId;
import java.time.Duration;

/** Nobody answered in time. The act may or may not be decided yet. */
public final class Unanswered extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final CommandId command;

  Unanswered(CommandId command, Duration waited) {
    super(
        "no answer within %d s; the outcome is unknown: ask again with the same command id %s"
            .formatted(waited.toSeconds(), command));
    this.command = command;
  }

  /** Ask again with this id: it is decided once, however often it is asked. */
  public CommandId command() {
    return command;
  }
}
