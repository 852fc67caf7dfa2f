package io.carousel.orchestrator.http;

import io.carousel.orchestrator.desk.Refusals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a server. There are never more than so many: whoever comes finds a place, and
 * one of those who have shown nothing yet loses its own, the one that has waited longest of the
 * address that has most. Whoever has not sent a whole request in its time loses it too.
 *
 * <p>Thread-safe.
 */
final class Connections implements Connection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final long QUIET_NANOS = 10_000_000_000L;

  /** So long the other side has to end what it was told that ends. */
  private static final Duration LINGERING = Duration.ofSeconds(5);

  private final Limits limits;
  private final Refusals refusals;
  private final Map<EndPoint, Open> open = new ConcurrentHashMap<>();
  // Guarded by this: of each caller its connections, the oldest first.
  private final Map<CallerKey, SequencedSet<Open>> byCaller = new HashMap<>();
  private long anonymous;
  private long toldAt = System.nanoTime() - QUIET_NANOS;

  /** One of them. What changes of it is guarded by its connections. */
  private static final class Open {
    private final EndPoint endPoint;
    private CallerKey caller;
    private long since = System.nanoTime();
    private boolean answered;
    private boolean asking;
    private boolean ending;

    private Open(EndPoint endPoint) {
      this.endPoint = endPoint;
      this.caller = CallerKey.anonymous(endPoint.getRemoteSocketAddress());
    }

    private Duration allowed(Limits.Times times) {
      if (ending) {
        return LINGERING;
      }
      return answered ? times.idle() : times.head();
    }
  }

  Connections(Limits limits, Refusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  @Override
  public void onOpened(Connection connection) {
    var one = new Open(connection.getEndPoint());
    open.put(one.endPoint, one);
    List<Open> lost;
    synchronized (this) {
      put(one);
      lost = overflow(one);
    }
    close(lost, "connections-full");
  }

  @Override
  public void onClosed(Connection connection) {
    Open one = open.remove(connection.getEndPoint());
    if (one != null) {
      synchronized (this) {
        remove(one);
      }
    }
  }

  /**
   * The head of a request has come on it, from whom the door says. Whoever has shown something once
   * is known by it also where it asks for what is shown to all.
   */
  void asks(EndPoint endPoint, CallerKey caller) {
    asks(endPoint, caller, caller.kind() != CallerKey.Kind.ANONYMOUS);
  }

  /** As above, from somebody whom the door has refused, whatever was shown before. */
  void isRefused(EndPoint endPoint, CallerKey caller) {
    asks(endPoint, caller, true);
  }

  private void asks(EndPoint endPoint, CallerKey caller, boolean counts) {
    Open one = open.get(endPoint);
    if (one == null) {
      return;
    }
    List<Open> lost = List.of();
    synchronized (this) {
      one.asking = true;
      boolean other = counts && !one.caller.equals(caller);
      // Also if it has been closed meanwhile: then there is nothing to move.
      if (other && remove(one)) {
        one.caller = caller;
        put(one);
        lost = overflow(one);
      }
    }
    close(lost, "connections-full");
  }

  /**
   * Whether it ends with the answer that is sent next: of those who have shown nothing so many are
   * here that soon one would have to be closed without a word.
   */
  synchronized boolean isToEnd(EndPoint endPoint) {
    Open one = open.get(endPoint);
    if (one == null || one.caller.kind() != CallerKey.Kind.ANONYMOUS) {
      return false;
    }
    Bounds bounds = limits.connections();
    SequencedSet<Open> own = byCaller.get(one.caller);
    one.ending =
        isCrowded(anonymous, bounds.anonymous())
            || own == null
            || isCrowded(own.size(), bounds.eachAddress());
    return one.ending;
  }

  private static boolean isCrowded(long are, long may) {
    return are > may * 3 / 4;
  }

  /** Its request is answered, and the next may come. */
  void isAnswered(EndPoint endPoint) {
    Open one = open.get(endPoint);
    if (one != null) {
      synchronized (this) {
        one.asking = false;
        one.answered = true;
        one.since = System.nanoTime();
      }
    }
  }

  /** Closes those that are late with a request. */
  void closeLate() {
    long now = System.nanoTime();
    var late = new ArrayList<Open>();
    synchronized (this) {
      for (Open one : open.values()) {
        if (!one.asking && now - one.since > one.allowed(limits.times()).toNanos()) {
          late.add(one);
        }
      }
    }
    late.forEach(one -> one.endPoint.close());
  }

  /** Closes so many of those who have shown nothing: there is not even a file for another. */
  void makeRoom(int count) {
    var lost = new ArrayList<Open>();
    synchronized (this) {
      for (int i = 0; i < count; i++) {
        Optional<Open> next = heaviest(null);
        next.ifPresent(one -> {
          remove(one);
          lost.add(one);
        });
      }
    }
    close(lost, "files-full");
  }

  /** How many are open. */
  int count() {
    return open.size();
  }

  private void put(Open one) {
    byCaller.computeIfAbsent(one.caller, _ -> new LinkedHashSet<>()).add(one);
    if (one.caller.kind() == CallerKey.Kind.ANONYMOUS) {
      anonymous++;
    }
  }

  private boolean remove(Open one) {
    SequencedSet<Open> own = byCaller.get(one.caller);
    if (own == null || !own.remove(one)) {
      return false;
    }
    if (own.isEmpty()) {
      byCaller.remove(one.caller);
    }
    if (one.caller.kind() == CallerKey.Kind.ANONYMOUS) {
      anonymous--;
    }
    return true;
  }

  /** Whoever loses its place because this one has come. */
  private List<Open> overflow(Open newest) {
    Bounds bounds = limits.connections();
    CallerKey.Kind kind = newest.caller.kind();
    SequencedSet<Open> own = byCaller.get(newest.caller);
    Optional<Open> loser = Optional.empty();
    if (own.size() > bounds.each(kind)) {
      loser = longest(own, newest);
    } else if (kind == CallerKey.Kind.ANONYMOUS && anonymous > bounds.anonymous()) {
      loser = heaviest(newest);
    } else if (open.size() > bounds.participants()) {
      loser = heaviest(newest).or(() -> Optional.of(newest));
    }
    loser.ifPresent(this::remove);
    return loser.map(List::of).orElse(List.of());
  }

  private Optional<Open> heaviest(Open except) {
    return byCaller.entrySet().stream()
        .filter(e -> e.getKey().kind() == CallerKey.Kind.ANONYMOUS)
        .max(Comparator.comparingInt(e -> e.getValue().size()))
        .flatMap(e -> longest(e.getValue(), except));
  }

  /** The oldest that asks nothing, or else the oldest. */
  private static Optional<Open> longest(SequencedSet<Open> own, Open except) {
    return own.stream()
        .filter(one -> one != except && !one.asking)
        .findFirst()
        .or(() -> own.stream().filter(one -> one != except).findFirst());
  }

  private void close(List<Open> lost, String code) {
    for (Open one : lost) {
      refusals.count(code);
      one.endPoint.close();
    }
    if (!lost.isEmpty()) {
      tell(lost.getFirst().caller.name());
    }
  }

  private void tell(String address) {
    long now = System.nanoTime();
    synchronized (this) {
      if (now - toldAt < QUIET_NANOS) {
        return;
      }
      toldAt = now;
    }
    LOG.warn(
        "{} connections are open, as many as may be: the oldest of those who have shown nothing are closed, as from {}",
        count(),
        address);
  }
}
