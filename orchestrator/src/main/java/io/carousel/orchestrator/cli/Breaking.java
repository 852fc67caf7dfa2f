package io.carousel.orchestrator.cli;

import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whom an operator accepts to break, by name. */
final class Breaking {
  @Option(
      names = "--break",
      paramLabel = "PARTICIPANT",
      split = ",",
      converter = Arguments.OfParticipant.class,
      description =
          "A participant that was heard lately and that this breaks, as the refusal and the forecast name it.")
  private List<ParticipantName> names = List.of();

  Optional<List<ParticipantName>> names() {
    return Optional.of(names);
  }
}
