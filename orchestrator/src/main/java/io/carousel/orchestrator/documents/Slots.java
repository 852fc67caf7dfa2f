package io.carousel.orchestrator.documents;

import io.carousel.events.CommandId;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Every HSM slot of the house. */
public record Slots(List<SlotLine> slots) {
  /**
   * One slot.
   *
   * @param authorities how many have keys on it
   * @param frozen why nothing may be destroyed there
   * @param inspecting whether its token is being looked at
   * @param failure why the last attempt to look at its token failed
   * @param seen what was found when it was last looked at
   */
  public record SlotLine(
      SlotName name,
      String module,
      String custody,
      int authorities,
      Optional<String> frozen,
      boolean inspecting,
      Optional<KeyLine.Failure> failure,
      Optional<Seen> seen) {}

  /**
   * What was found in a token.
   *
   * @param at when
   * @param command that asked for it
   */
  public record Seen(
      Instant at, CommandId command, SlotReport report, List<SlotFinding> findings) {}
}
