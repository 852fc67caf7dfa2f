package io.carousel.orchestrator.rules;

import io.carousel.events.Event;
import java.util.List;

/** What the rules say to an act. */
public sealed interface Decision {

  /**
   * It happened.
   *
   * @param events at least one
   * @param rested the statements of the gate that it passed, in order; empty for most acts
   */
  record Accepted(List<Event> events, List<String> rested) implements Decision {
    /** Copies. */
    public Accepted {
      events = List.copyOf(events);
      rested = List.copyOf(rested);
    }
  }

  /**
   * It did not.
   *
   * @param told what the log should know all the same; mostly nothing
   */
  record Refused(Refusal why, List<Event> told) implements Decision {
    /** Copies. */
    public Refused {
      told = List.copyOf(told);
    }
  }

  /** Accepted, without a gate. */
  static Decision accept(Event... events) {
    return new Accepted(List.of(events), List.of());
  }

  /** Refused. */
  static Decision refuse(Refusal why) {
    return new Refused(why, List.of());
  }
}
