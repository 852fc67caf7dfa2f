package io.carousel.orchestrator.application;

import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.SlotName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Counts the records that a stranger wrote to a slot's topics, and tells of them by count: the
 * first at once, then once a minute, whatever their number. Every instance counts, and one of them
 * tells. Thread-safe.
 */
final class Forgeries {
  static final Duration PAUSE = Duration.ofMinutes(1);
  private static final String DETAIL =
      "commands came that no enrolled orchestrator has signed; the worker threw them away, and of many"
          + " in a minute it shows some (its log has the count); the last: ";

  private final BooleanSupplier tells;
  private final Consumer<RefusalsSeen> outlet;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Map<SlotName, Counted> slots = new HashMap<>();

  /**
   * Of one slot.
   *
   * @param next before then nothing is told, in nanoseconds of the process
   */
  private record Counted(int count, String last, long next) {}

  /**
   * To be told through that outlet.
   *
   * @param tells whether this instance does; else it forgets what it counted
   */
  Forgeries(BooleanSupplier tells, Consumer<RefusalsSeen> outlet, LongSupplier nanoTime) {
    this.tells = tells;
    this.outlet = outlet;
    this.nanoTime = nanoTime;
  }

  /** One more was seen. */
  void seen(SlotName slot, String why) {
    synchronized (this) {
      slots.merge(
          slot,
          new Counted(1, brief(why), nanoTime.getAsLong()),
          (old, one) -> new Counted(old.count() + 1, one.last(), old.next()));
    }
    tell();
  }

  private static String brief(String why) {
    return why.length() <= 200 ? why : why.substring(0, 200) + "…";
  }

  /** Tells what it is time to tell. */
  void tell() {
    due().forEach(outlet);
  }

  private synchronized List<RefusalsSeen> due() {
    long now = nanoTime.getAsLong();
    var due = new ArrayList<RefusalsSeen>();
    slots.replaceAll((slot, c) -> {
      if (c.count() == 0 || now - c.next() < 0) {
        return c;
      }
      if (tells.getAsBoolean()) {
        due.add(new RefusalsSeen(slot, "forged", c.count(), DETAIL + c.last()));
      }
      return new Counted(0, "", now + PAUSE.toNanos());
    });
    return due;
  }
}
