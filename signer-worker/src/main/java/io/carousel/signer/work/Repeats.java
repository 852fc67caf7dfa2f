package io.carousel.signer.work;

import io.carousel.events.CommandId;
import io.carousel.events.LeafOrder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Which leaf commands this process has answered, each until its deadline: after it a command is
 * refused as late, and need not be known again. Thread-safe.
 */
final class Repeats {
  private static final int MOST_REMEMBERED = 100_000;

  private final SequencedMap<CommandId, Instant> deadlines =
      new LinkedHashMap<>(); // guarded by this
  private final int most;

  Repeats() {
    this(MOST_REMEMBERED);
  }

  /** With room for so many; the one answered first is forgotten first. */
  Repeats(int most) {
    this.most = most;
  }

  /** Takes note of an answer; whether it is not the first to its command. */
  synchronized boolean again(LeafOrder answered, Instant now) {
    if (now.isAfter(answered.deadline())) {
      return false;
    }
    if (deadlines.containsKey(answered.command())) {
      return true;
    }
    if (deadlines.size() >= most) {
      deadlines.values().removeIf(now::isAfter);
    }
    if (deadlines.size() >= most) {
      deadlines.pollFirstEntry();
    }
    deadlines.put(answered.command(), answered.deadline());
    return false;
  }

  synchronized int remembered() {
    return deadlines.size();
  }
}
