package io.carousel.orchestrator.documents;

import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import java.time.Instant;
import java.util.List;

/** The last rotations of an authority, the newest first. */
public record Rotations(List<RotationLine> rotations) {
  /**
   * One rotation.
   *
   * @param outcome {@code under way}, {@code completed} or {@code rolled back}
   * @param phases in their order; the last one is standby once it is over
   */
  public record RotationLine(
      RotationId rotation,
      int retiring,
      int successor,
      String reason,
      String by,
      String outcome,
      List<Entered> phases) {}

  /** When a phase began. */
  public record Entered(PhaseName phase, Instant at) {}
}
