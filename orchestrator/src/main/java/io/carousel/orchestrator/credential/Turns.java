package io.carousel.orchestrator.credential;

import io.carousel.events.SlotName;
import io.carousel.orchestrator.rules.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose turn it is: the slot that waited longest, whichever authority it last signed for; those
 * that were silent of late come last. Thread-safe.
 */
final class Turns {
  /** How long a silent slot comes last, unless it speaks before. */
  private static final Duration SHUNNED = Duration.ofSeconds(15);

  private final Clock clock;
  // All guarded by this.
  private final Map<SlotName, Long> lastTurn = new HashMap<>();
  private final Map<SlotName, Instant> silent = new HashMap<>();
  private long turn;

  Turns(Clock clock) {
    this.clock = clock;
  }

  /** Those keys, which can sign the same, in the order in which to ask them. */
  synchronized List<Key.Ready> order(List<Key.Ready> signers) {
    Instant now = clock.instant();
    List<Key.Ready> keys =
        signers.stream()
            .sorted(
                Comparator.comparing((Key.Ready key) -> isShunned(key.slot(), now))
                    .thenComparing(key -> lastTurn.getOrDefault(key.slot(), 0L)))
            .toList();
    if (!keys.isEmpty()) {
      lastTurn.put(keys.getFirst().slot(), ++turn);
    }
    return keys;
  }

  private boolean isShunned(SlotName slot, Instant now) {
    Instant since = silent.get(slot);
    return since != null && now.isBefore(since.plus(SHUNNED));
  }

  synchronized void answered(SlotName slot) {
    silent.remove(slot);
  }

  synchronized void stayedSilent(SlotName slot) {
    silent.put(slot, clock.instant());
  }
}
