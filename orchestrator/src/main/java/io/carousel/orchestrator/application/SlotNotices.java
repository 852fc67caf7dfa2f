package io.carousel.orchestrator.application;

import io.carousel.events.Act;
import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.Act.SlotObserved;
import io.carousel.events.CommandId;
import io.carousel.events.LeafResult.LeafRefused;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.credential.SlotNews;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Slot;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log what this orchestrator's desk notices about slots: that one falls silent or speaks
 * again, when that changes, and what workers refuse. At most one act a minute about each, so that a
 * slot which flaps, or a caller who asks in a loop, cannot flood the log. Thread-safe.
 */
public final class SlotNotices implements SlotNews {
  private static final Logger LOG = LoggerFactory.getLogger(SlotNotices.class);

  /** Between two acts about the same. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  /** Nobody's fault, and over with the next attempt. */
  private static final Set<String> HARMLESS =
      Set.of("late", "out-of-phase", "token-refused", "undeliverable");

  private final Supplier<House> house;
  private final Outlet outlet;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  // Both guarded by this.
  private final Map<SlotObserved, Instant> observed = new HashMap<>();
  private final Map<Reason, Pending> refused = new HashMap<>();

  /** Where acts go; must not block. */
  @FunctionalInterface
  public interface Outlet {
    /** Has the owner decide that. Whether it did is not asked: what goes on is noticed again. */
    void send(CommandId command, Act act);
  }

  private record Reason(SlotName slot, String code) {}

  /**
   * Not told yet.
   *
   * @param next before then nothing is told
   */
  private record Pending(int count, String detail, Instant next) {}

  /** About the slots of that house, to be told through that outlet. */
  public SlotNotices(Supplier<House> house, Outlet outlet, Clock clock) {
    this.house = house;
    this.outlet = outlet;
    this.clock = clock;
  }

  @Override
  public void silent(SlotName slot) {
    observe(slot, true);
  }

  @Override
  public void answered(SlotName slot) {
    observe(slot, false);
  }

  private void observe(SlotName name, boolean silent) {
    Optional<Slot> slot = Optional.ofNullable(house.get().slots().get(name));
    if (slot.isEmpty() || slot.get().silent().isPresent() == silent) {
      return;
    }
    var act = new SlotObserved(name, silent);
    Instant now = clock.instant();
    synchronized (this) {
      Instant before = observed.get(act);
      if (before != null && now.isBefore(before.plus(PAUSE))) {
        return;
      }
      observed.put(act, now);
    }
    send(act, now);
  }

  @Override
  public void refused(LeafRefused refusal) {
    if (HARMLESS.contains(refusal.code())) {
      return;
    }
    synchronized (this) {
      refused.merge(
          new Reason(refusal.slot(), refusal.code()),
          new Pending(1, refusal.detail(), Instant.MIN),
          (old, one) -> new Pending(old.count() + 1, one.detail(), old.next()));
    }
    tellRefusals();
  }

  /** Tells what was held back, if it is time. To be called every now and then. */
  public void tellRefusals() {
    Instant now = clock.instant();
    due(now).forEach(act -> send(act, now));
  }

  private synchronized List<RefusalsSeen> due(Instant now) {
    var acts = new ArrayList<RefusalsSeen>();
    for (Iterator<Map.Entry<Reason, Pending>> all = refused.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Reason, Pending> entry = all.next();
      Pending pending = entry.getValue();
      if (now.isBefore(pending.next())) {
        continue;
      }
      if (pending.count() == 0) {
        all.remove();
        continue;
      }
      Reason reason = entry.getKey();
      acts.add(new RefusalsSeen(reason.slot(), reason.code(), pending.count(), pending.detail()));
      entry.setValue(new Pending(0, "", now.plus(PAUSE)));
    }
    return acts;
  }

  private void send(Act act, Instant now) {
    byte[] id = new byte[10];
    random.nextBytes(id);
    try {
      outlet.send(CommandId.of(now, id), act);
    } catch (RuntimeException e) {
      // What goes on is noticed again; what is told of other slots must not wait for this.
      LOG.warn("what was noticed of a slot could not be told: {}", e.toString());
    }
  }
}
