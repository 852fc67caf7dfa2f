package io.carousel.orchestrator.desk;

import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import java.time.Instant;
import java.util.List;

/**
 * What one rotation went through.
 *
 * @param outcome {@code under way}, {@code completed} or {@code rolled back}
 * @param phases in their order; the last one is standby once it is over
 */
public record RotationRecord(
    RotationId rotation,
    int retiring,
    int successor,
    String reason,
    String by,
    String outcome,
    List<Entered> phases) {
  /** Copies. */
  public RotationRecord {
    phases = List.copyOf(phases);
  }

  /** When a phase began. */
  public record Entered(PhaseName phase, Instant at) {}
}
