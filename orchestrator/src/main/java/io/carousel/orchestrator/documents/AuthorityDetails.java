package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorityName;
import io.carousel.events.FormatSuite;
import io.carousel.events.PhaseName;
import io.carousel.events.Policy;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import java.util.List;
import java.util.Optional;

/**
 * All about one authority.
 *
 * @param rotation under way
 * @param rotations how many were ever started
 * @param generations all there ever were, the oldest first
 * @param surplus keys that were made twice
 * @param bundle what verifiers must trust now
 * @param slot the slot that joins or leaves
 * @param lost its slots that count as lost
 * @param silent its slots that do not answer, and are passed over
 */
public record AuthorityDetails(
    AuthorityName name,
    List<FormatSuite> formats,
    List<SlotName> slots,
    Policy policy,
    PhaseName phase,
    Optional<RotationId> rotation,
    int rotations,
    List<GenerationLine> generations,
    List<KeyLine> surplus,
    TrustBundle bundle,
    Optional<SlotName> slot,
    List<SlotName> lost,
    List<SlotName> silent) {
  /** One generation. */
  public record GenerationLine(int number, List<FormatSuite> formats, List<KeyLine> keys) {}
}
