package io.carousel.orchestrator.documents;

import io.carousel.events.CommandId;
import java.util.List;

/**
 * An act was accepted.
 *
 * @param sequence of its last event
 * @param notices what of the request was left out, and why; a sentence each
 */
public record Done(CommandId command, long sequence, List<String> notices) {
  /** With nothing left out. */
  public Done(CommandId command, long sequence) {
    this(command, sequence, List.of());
  }
}
