package io.carousel.orchestrator.documents;

import io.carousel.events.SlotName;
import java.util.List;

/** Every HSM slot of the house. */
public record Slots(List<SlotLine> slots) {
  /**
   * One slot.
   *
   * @param authorities how many have keys on it
   */
  public record SlotLine(SlotName name, String module, String custody, int authorities) {}
}
