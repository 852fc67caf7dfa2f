package io.carousel.orchestrator.log;

import io.carousel.events.CommandId;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was said to the acts of the last day, so that one that is asked again is not decided again.
 * Older command ids are refused unseen, which bounds what must be remembered; if there are more
 * than fit, ids are refused earlier. Thread-safe.
 */
final class Outcomes {
  /** Command ids older than this are refused. */
  static final Duration TOO_OLD = Duration.ofHours(24);

  /** Command ids further ahead than this are refused. */
  static final Duration TOO_NEW = Duration.ofMinutes(5);

  /** Longer than an id can be asked for: it may have been made ahead of the owner's clock. */
  private static final Duration KEPT = TOO_OLD.plus(TOO_NEW).plus(TOO_NEW);

  private final int most;
  private final Map<CommandId, Outcome> known = new LinkedHashMap<>();
  private Instant forgotten = Instant.EPOCH;

  Outcomes(int most) {
    this.most = most;
  }

  /** What was said to that act. */
  synchronized Optional<Outcome> of(CommandId command) {
    return Optional.ofNullable(known.get(command));
  }

  /** An act made after that, if it is unknown, was never decided; an older one may have been. */
  synchronized Instant since(Instant now) {
    Instant day = now.minus(TOO_OLD);
    return day.isAfter(forgotten) ? day : forgotten;
  }

  /** Takes an event in. */
  synchronized void remember(Recorded event) {
    if (event.command().isPresent()) {
      CommandId id = event.command().get();
      Outcome before = known.get(id);
      Outcome after = Outcome.after(before, event);
      if (after != null) {
        // Stays where it first stood: oldest first, so that forgetting looks at the first alone.
        known.put(id, after);
      }
    }
    forget(event.event().at().minus(KEPT));
  }

  private void forget(Instant until) {
    Iterator<Outcome> oldest = known.values().iterator();
    while (oldest.hasNext()) {
      Outcome first = oldest.next();
      boolean tooMany = known.size() > most;
      if (!tooMany && !first.at().isBefore(until)) {
        return;
      }
      oldest.remove();
      if (tooMany) {
        forgotEarly(first);
      }
    }
  }

  /**
   * An id from further ahead was refused for that alone, and shuts out none that come until then.
   */
  private void forgotEarly(Outcome outcome) {
    Instant made = outcome.command().madeAt();
    if (made.isAfter(forgotten) && !made.isAfter(outcome.at().plus(TOO_NEW))) {
      forgotten = made;
    }
  }

  /**
   * All of it, as a value.
   *
   * @param forgotten ids made until then may have been forgotten early
   */
  record Memory(Instant forgotten, List<Outcome> outcomes) {}

  synchronized Memory memory() {
    return new Memory(forgotten, List.copyOf(known.values()));
  }

  synchronized void restore(Memory memory) {
    forgotten = memory.forgotten();
    memory.outcomes().forEach(o -> known.put(o.command(), o));
  }
}
