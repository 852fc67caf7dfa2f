package io.carousel.orchestrator.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When what is pending goes out again: at once after a take-over, else later and later. Times are
 * nanoseconds of the process.
 */
final class Reissue {
  private final LogConfig.Pace pace;
  private final Map<String, Wait> waits = new HashMap<>();
  private boolean tookOver = true;

  private record Wait(long due, long next) {}

  /** From a take-over on. */
  Reissue(LogConfig.Pace pace) {
    this.pace = pace;
  }

  /** What of that is due now, taking for granted that it then goes out. */
  List<Outgoing> due(List<Outgoing> pending, long now) {
    var due = new ArrayList<Outgoing>();
    var still = new HashMap<String, Wait>();
    for (Outgoing record : pending) {
      Wait wait = waits.get(record.id());
      if (wait == null && !tookOver) {
        // It went out with the event that asked for it.
        wait = first(now);
      } else if (wait == null || wait.due() <= now) {
        due.add(record);
        wait = wait == null ? first(now) : later(wait, now);
      }
      still.put(record.id(), wait);
    }
    waits.clear();
    waits.putAll(still);
    tookOver = false;
    return due;
  }

  private Wait first(long now) {
    long wait = pace.reissueFirst().toNanos();
    return new Wait(now + wait, 2 * wait);
  }

  private Wait later(Wait before, long now) {
    long wait = Math.min(before.next(), pace.reissueMost().toNanos());
    return new Wait(now + wait, Math.min(2 * wait, pace.reissueMost().toNanos()));
  }
}
