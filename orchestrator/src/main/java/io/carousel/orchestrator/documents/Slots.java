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
   * @param silent since when it does not sign what it is asked to, and is passed over
   * @param lost that it counts as lost
   * @param refusals what its workers would not sign; the latest of each code
   * @param keys of the log that are there, or should be
   */
  public record SlotLine(
      SlotName name,
      String module,
      String custody,
      int authorities,
      Optional<String> frozen,
      boolean inspecting,
      Optional<KeyLine.Failure> failure,
      Optional<Seen> seen,
      Optional<Instant> silent,
      Optional<Loss> lost,
      List<Refused> refusals,
      int keys) {}

  /**
   * That a slot is lost.
   *
   * @param by who said so
   */
  public record Loss(String reason, String by, Instant since) {}

  /**
   * What a slot's workers would not sign.
   *
   * @param count of all there ever were
   * @param detail of the last one
   * @param last when it was told
   * @param recent whether that was within a day
   */
  public record Refused(String code, long count, String detail, Instant last, boolean recent) {}

  /**
   * What was found in a token.
   *
   * @param at when
   * @param command that asked for it
   */
  public record Seen(
      Instant at, CommandId command, SlotReport report, List<SlotFinding> findings) {}
}
