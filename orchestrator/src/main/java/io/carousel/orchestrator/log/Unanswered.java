package io.carousel.orchestrator.log;

import io.carousel.events.CommandId;
import java.time.Duration;

/** Nobody answered in time. The act may or may not be decided yet. */
public final class Unanswered extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final CommandId command;

  Unanswered(CommandId command, Duration waited) {
    super(
        "the owner of the log did not answer command %s within %d s; it may still be decided, and whoever asks again under that id hears how"
            .formatted(command, waited.toSeconds()));
    this.command = command;
  }

  /** Ask again with this id: it is decided once, however often it is asked. */
  public CommandId command() {
    return command;
  }
}
