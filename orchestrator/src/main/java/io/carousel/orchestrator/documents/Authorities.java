package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorityName;
import io.carousel.events.FormatSuite;
import io.carousel.events.PhaseName;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import java.util.List;
import java.util.Optional;

/** Every authority of the house, in short. */
public record Authorities(List<AuthorityLine> authorities) {
  /**
   * One authority.
   *
   * @param active the generation that signs; with a rotation under way, the older one
   * @param rotation under way
   */
  public record AuthorityLine(
      AuthorityName name,
      List<FormatSuite> formats,
      List<SlotName> slots,
      PhaseName phase,
      int active,
      Optional<RotationId> rotation) {}
}
