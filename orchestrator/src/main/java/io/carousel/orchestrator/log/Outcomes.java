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
import java.util.TreeMap;

/**
 * What was said to the last acts, so that one that is asked again is not decided again: to those of
 * a day, and to the last ten thousand however long ago; to no more than a number. What is forgotten
 * is known by its place in the log: an act that was asked with a later event in view cannot be
 * among it. Clocks decide nothing here. Thread-safe.
 */
final class Outcomes {
  /** So long outcomes are remembered in any case, if there is room. */
  private static final Duration KEPT = Duration.ofDays(1);

  /** So many are remembered however old they are. */
  private static final int LEAST = 10_000;

  private final int most;
  private final int least;
  private final Map<CommandId, Outcome> known = new LinkedHashMap<>();
  private final TreeMap<Instant, Integer> made = new TreeMap<>();
  private long forgotten;

  Outcomes(int most) {
    this.most = most;
    this.least = Math.min(most, LEAST);
  }

  /** What was said to that act. */
  synchronized Optional<Outcome> of(CommandId command) {
    return Optional.ofNullable(known.get(command));
  }

  /**
   * Whether that act, which is not remembered, may have been decided and forgotten: it was asked by
   * somebody who had not read of what is remembered, or under an id that is older than all ids that
   * are.
   *
   * @param after the sequence number of the last event that its author knew when it asked
   */
  synchronized boolean mayBeForgotten(CommandId command, long after) {
    return forgotten > 0
        && (after < forgotten || (!made.isEmpty() && command.madeAt().isBefore(made.firstKey())));
  }

  /** The sequence number of the last event of what was forgotten; 0 if nothing was. */
  synchronized long forgotten() {
    return forgotten;
  }

  /** Takes an event in. */
  synchronized void remember(Recorded event) {
    if (event.command().isPresent()) {
      CommandId id = event.command().get();
      Outcome before = known.get(id);
      Outcome after = Outcome.after(before, event);
      if (after != null) {
        // Stays where it first stood: oldest first, so that forgetting looks at the first alone.
        put(after);
      }
    }
    forget(event.event().at());
  }

  private void put(Outcome outcome) {
    if (known.put(outcome.command(), outcome) == null) {
      made.merge(outcome.command().madeAt(), 1, Integer::sum);
    }
  }

  /** What a clock that ran ahead has dated beyond now is old as well. */
  private void forget(Instant now) {
    Iterator<Outcome> oldest = known.values().iterator();
    while (known.size() > least && oldest.hasNext()) {
      Outcome first = oldest.next();
      if (known.size() <= most && Duration.between(first.at(), now).abs().compareTo(KEPT) <= 0) {
        return;
      }
      oldest.remove();
      made.computeIfPresent(first.command().madeAt(), (_, n) -> n == 1 ? null : n - 1);
      forgotten = Math.max(forgotten, first.sequence());
    }
  }

  /**
   * All of it, as a value.
   *
   * @param forgotten the sequence number of the last event of what was forgotten
   */
  record Memory(long forgotten, List<Outcome> outcomes) {}

  synchronized Memory memory() {
    return new Memory(forgotten, List.copyOf(known.values()));
  }

  synchronized void restore(Memory memory) {
    forgotten = memory.forgotten();
    memory.outcomes().forEach(this::put);
  }
}
