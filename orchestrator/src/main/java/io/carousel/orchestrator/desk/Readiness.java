package io.carousel.orchestrator.desk;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Which parts of this process do not serve yet, or do not serve any more, and why; the other parts
 * serve. Thread-safe.
 */
public final class Readiness {
  private final Clock clock;
  private final AtomicReference<SortedMap<String, Missing>> missing =
      new AtomicReference<>(new TreeMap<>());

  /**
   * A part that does not serve.
   *
   * @param part in words, such as {@code slot hsm-b}
   * @param why in words, for people; with how far a start has come, where that is known
   * @param since when it is missing
   */
  public record Missing(String part, String why, Instant since) {
    /** For people. */
    public String text() {
      return "%s does not serve: %s".formatted(part, why);
    }
  }

  /** By that clock. */
  public Readiness(Clock clock) {
    this.clock = clock;
  }

  /** What the part of a slot is called. */
  public static String ofSlot(String slot) {
    return "slot " + slot;
  }

  /** That part does not serve; if it was missing before, only the reason changes. */
  public void missing(String part, String why) {
    Instant now = clock.instant();
    missing.updateAndGet(all -> {
      var next = new TreeMap<>(all);
      Missing before = all.get(part);
      next.put(part, new Missing(part, why, before == null ? now : before.since()));
      return next;
    });
  }

  /** That part serves. */
  public void present(String part) {
    missing.updateAndGet(all -> {
      if (!all.containsKey(part)) {
        return all;
      }
      var next = new TreeMap<>(all);
      next.remove(part);
      return next;
    });
  }

  /** Whether everything serves. */
  public boolean isComplete() {
    return missing.get().isEmpty();
  }

  /** What does not serve, by name. */
  public List<Missing> missing() {
    return List.copyOf(missing.get().values());
  }
}
