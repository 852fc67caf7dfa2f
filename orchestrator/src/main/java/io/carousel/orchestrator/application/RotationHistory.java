package io.carousel.orchestrator.application;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.PhaseName;
import io.carousel.orchestrator.desk.RotationRecord;
import io.carousel.orchestrator.desk.RotationRecord.Entered;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the last rotations of each authority went through: a projection of the log. Takes each event
 * at least once, in order. Thread-safe.
 */
public final class RotationHistory {
  private static final int KEPT = 50;

  private final Map<AuthorityName, Deque<RotationRecord>> newestFirst = new ConcurrentHashMap<>();

  // Guarded by this.
  private long taken;

  /** Takes the next event; one that was taken before changes nothing. */
  public synchronized void on(long sequence, Event event) {
    if (sequence > taken && event instanceof AuthorityEvent e) {
      take(e);
    }
    taken = Math.max(taken, sequence);
  }

  /** Those of that authority, the newest first. */
  public synchronized List<RotationRecord> of(AuthorityName authority) {
    return List.copyOf(newestFirst.getOrDefault(authority, new ArrayDeque<>()));
  }

  private void take(AuthorityEvent event) {
    switch (event) {
      case RotationStarted e -> begin(e);
      case ClientsUpdating e -> enter(e, PhaseName.UPDATE_CLIENTS, "under way");
      case ServersUpdating e -> enter(e, PhaseName.UPDATE_SERVERS, "under way");
      case RollbackStarted e -> enter(e, PhaseName.ROLLBACK, "under way");
      case RotationCompleted e -> enter(e, PhaseName.STANDBY, "completed");
      case RolledBack e -> enter(e, PhaseName.STANDBY, "rolled back");
      default -> {
        // moves no phase of a rotation
      }
    }
  }

  private void begin(RotationStarted e) {
    var record =
        new RotationRecord(
            e.rotation(),
            e.retiring(),
            e.successor(),
            e.reason(),
            e.by(),
            "under way",
            List.of(new Entered(PhaseName.INIT, e.at())));
    Deque<RotationRecord> all = newestFirst.computeIfAbsent(e.authority(), _ -> new ArrayDeque<>());
    all.addFirst(record);
    if (all.size() > KEPT) {
      all.removeLast();
    }
  }

  private void enter(AuthorityEvent event, PhaseName phase, String outcome) {
    Deque<RotationRecord> all = newestFirst.get(event.authority());
    if (all == null || all.isEmpty()) {
      // A gap in one authority's story must not end the telling of all others'.
      return;
    }
    RotationRecord last = all.removeFirst();
    var phases = new ArrayList<>(last.phases());
    phases.add(new Entered(phase, event.at()));
    all.addFirst(
        new RotationRecord(
            last.rotation(),
            last.retiring(),
            last.successor(),
            last.reason(),
            last.by(),
            outcome,
            phases));
  }
}
