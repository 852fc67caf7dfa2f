package io.carousel.orchestrator.credential;

import io.carousel.events.SlotName;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whose turn it is: slots take turns, and those that were silent of late come last. Thread-safe.
 */
final class Turns {
  /** How long a silent slot comes last, unless it speaks before. */
  private static final Duration SHUNNED = Duration.ofSeconds(15);

  private final Clock clock;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<SlotName, Instant> silent = new ConcurrentHashMap<>();

  Turns(Clock clock) {
    this.clock = clock;
  }

  /** The keys of a generation that can sign, in the order in which to ask them. */
  List<Key.Certified> order(Generation generation) {
    var keys = new ArrayList<>(generation.certified().toList());
    Collections.rotate(keys, -Math.floorMod(turn.getAndIncrement(), Math.max(1, keys.size())));
    Instant now = clock.instant();
    keys.sort(Comparator.comparing(key -> isShunned(key.slot(), now)));
    return keys;
  }

  private boolean isShunned(SlotName slot, Instant now) {
    Instant since = silent.get(slot);
    return since != null && now.isBefore(since.plus(SHUNNED));
  }

  void answered(SlotName slot) {
    silent.remove(slot);
  }

  void stayedSilent(SlotName slot) {
    silent.put(slot, clock.instant());
  }
}
