package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.util.List;

/** What is not done with HSM slots, and why. */
public sealed interface SlotRefusal extends Refusal {
  /** A token whose mechanisms do not include what a suite needs. */
  record SuiteLacking(SlotName slot, Suite suite, List<Suite> has) implements SlotRefusal {
    @Override
    public String message() {
      return "the token of slot '%s' cannot make and use keys of suite %s; it can: %s"
          .formatted(slot, suite, Refusal.few(has));
    }
  }

  /** It is being looked at already. */
  record InspectionUnderway(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "the token of slot '%s' is being looked at already; see 'carousel slot list'"
          .formatted(slot);
    }
  }

  /** Nothing is wrong with it. */
  record NotFrozen(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' is not frozen; there is nothing to thaw".formatted(slot);
    }
  }

  /** A slot that the house does not know. */
  record UnknownSlot(SlotName slot, List<SlotName> known) implements SlotRefusal {
    @Override
    public String message() {
      return "there is no slot '%s'; the slots are: %s".formatted(slot, Refusal.few(known));
    }
  }

  /** A slot of that name is declared differently. */
  record SlotExists(SlotName slot) implements SlotRefusal {
    @Override
    public String message() {
      return "slot '%s' is registered already, with another module or custody".formatted(slot);
    }
  }

  /** The names of authority and slot do not fit into the subject of a CA certificate together. */
  record NamesTooLong(AuthorityName authority, SlotName slot, int limit) implements SlotRefusal {
    @Override
    public String message() {
      return "the names '%s' and '%s' are too long together: both stand in the subject of a CA certificate, with room for %d characters; choose a shorter name"
          .formatted(authority, slot, limit);
    }
  }
}
