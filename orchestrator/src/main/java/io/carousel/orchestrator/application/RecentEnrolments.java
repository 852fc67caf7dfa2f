package io.carousel.orchestrator.application;

import io.carousel.events.AuthorRole;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.AuthorEnrolled;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Who was let in to sign records lately. Whoever has the API's secret can enrol an author, so that
 * an operator must see each: every orchestrator, and every worker of a slot that had one. Told for
 * a day; after a start, as far as the last events go. Thread-safe.
 */
final class RecentEnrolments {
  static final Duration TOLD = Duration.ofDays(1);
  static final int LOOKED_BACK = 10_000;
  private static final int MOST = 100;

  private final InstantSource clock;
  private final Deque<AuthorEnrolled> enrolled = new ArrayDeque<>(); // guarded by this

  /** By that clock. */
  RecentEnrolments(InstantSource clock) {
    this.clock = clock;
  }

  /** Where to begin to read a log that ends there. */
  static long from(long head) {
    return Math.max(1, head - LOOKED_BACK);
  }

  /** Takes what the log says next. */
  void on(Event event) {
    if (event instanceof AuthorEnrolled e && e.at().isAfter(clock.instant().minus(TOLD))) {
      add(e);
    }
  }

  private synchronized void add(AuthorEnrolled e) {
    enrolled.addLast(e);
    if (enrolled.size() > MOST) {
      enrolled.removeFirst();
    }
  }

  /**
   * A sentence each.
   *
   * @param authors who may sign now
   */
  synchronized List<String> warnings(Collection<KnownAuthor> authors) {
    Instant from = clock.instant().minus(TOLD);
    return enrolled.stream()
        .filter(e -> e.at().isAfter(from))
        .filter(e -> isToBeSeen(e, authors))
        .map(e ->
            "%s '%s'%s was enrolled by '%s' at %s and may sign records%s; if you did not ask for that, remove it (DELETE /v1/authors/%s) and change the API's secret"
                .formatted(
                    e.role().wire(),
                    e.author(),
                    e.slot().map(s -> " of slot '" + s + "'").orElse(""),
                    e.by(),
                    e.at(),
                    authors.stream().anyMatch(a -> a.name().equals(e.author()))
                        ? ""
                        : " no more: it was removed",
                    e.author()))
        .toList();
  }

  private static boolean isToBeSeen(AuthorEnrolled e, Collection<KnownAuthor> authors) {
    return e.role() == AuthorRole.ORCHESTRATOR
        || e.slot().filter(s -> workers(s, authors) > 1).isPresent();
  }

  private static long workers(SlotName slot, Collection<KnownAuthor> authors) {
    return authors.stream().filter(a -> a.slot().filter(slot::equals).isPresent()).count();
  }
}
