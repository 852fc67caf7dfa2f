package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.DueWorkFailed;
import io.carousel.events.HouseEvent.DueWorkResumed;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What time alone brings about: CRLs are renewed, keys end, bundles are signed, and slots are lost.
 *
 * <p>Each authority's work on each slot stands alone. Work that fails, or whose events the rules
 * could not go on from, is left out and told as an alarm; it is tried again after a minute, then
 * after twice as long each time, up to an hour. All other work has the result that it would have
 * had without it.
 */
final class Due {
  private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  static final Duration LAST_RETRY = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 6;

  /** Most bytes of one reason in the log. */
  private static final int REASON_LIMIT = 300;

  /** Most bytes of the events of one act; what is left over is due at once again. */
  private static final int BYTES_LIMIT = 4_000_000;

  private static final Digest NO_HASH = Digest.of(new byte[0]);

  private Due() {}

  /** All that is due by now. */
  static Decision decide(House house, Circumstances c) {
    return decide(house, works(house), c);
  }

  static Decision decide(House house, List<DueWork> works, Circumstances c) {
    var events = new ArrayList<Event>();
    House staged = house;
    int bytes = 0;
    Set<SlotName> lost = new HashSet<>();
    for (DueWork work : works) {
      Optional<DueFailure> before = Optional.ofNullable(house.failures().get(work.key()));
      try {
        // When it is next due must be known too, or nobody would ever ask for it.
        work.next().get().forEach(_ -> {});
        List<Event> due = onceForEachSlot(work.events().apply(c), lost);
        int more = size(due);
        if (bytes > 0 && bytes + more > BYTES_LIMIT) {
          continue;
        }
        House after = after(staged, house, due);
        due.forEach(e -> lost(e).ifPresent(lost::add));
        staged = after;
        bytes += more;
        events.addAll(due);
        before.ifPresent(f -> events.add(new DueWorkResumed(f.authority(), f.slot(), c.now())));
      } catch (RuntimeException e) {
        failed(work, before, e, c).ifPresent(events::add);
      }
    }
    Set<String> known = works.stream().map(DueWork::key).collect(Collectors.toSet());
    house.failures().values().stream()
        .filter(f -> !known.contains(f.key()))
        .forEach(f -> events.add(new DueWorkResumed(f.authority(), f.slot(), c.now())));
    return events.isEmpty()
        ? Decision.refuse(new Refusal.NothingDue())
        : new Decision.Accepted(events, List.of());
  }

  /** When there will be something; empty if never. */
  static Optional<Instant> next(House house) {
    return next(house, works(house));
  }

  static Optional<Instant> next(House house, List<DueWork> works) {
    Map<String, DueFailure> gone = new TreeMap<>(house.failures());
    Stream<Instant> next =
        works.stream()
            .flatMap(w -> {
              DueFailure failed = gone.remove(w.key());
              return failed == null ? moments(w) : Stream.of(failed.retryAt());
            });
    List<Instant> all = next.toList();
    return Stream.concat(all.stream(), gone.values().stream().map(_ -> Instant.EPOCH))
        .min(Instant::compareTo);
  }

  /** What cannot be told when is due now: then it fails, and says so. */
  private static Stream<Instant> moments(DueWork work) {
    try {
      return work.next().get().toList().stream();
    } catch (RuntimeException e) {
      return Stream.of(Instant.EPOCH);
    }
  }

  /** Two authorities may find the same slot lost. */
  private static List<Event> onceForEachSlot(List<Event> due, Set<SlotName> lost) {
    return due.stream().filter(e -> lost(e).filter(lost::contains).isEmpty()).toList();
  }

  private static Optional<SlotName> lost(Event event) {
    return event instanceof SlotLost e ? Optional.of(e.slot()) : Optional.empty();
  }

  private static int size(List<Event> events) {
    return events.stream().mapToInt(e -> Wire.CURRENT.write(e).value().length).sum();
  }

  /**
   * The house with those events, as a trial.
   *
   * @throws RuntimeException if the rules cannot go on from them
   */
  private static House after(House staged, House before, List<Event> events) {
    if (events.isEmpty()) {
      return staged;
    }
    Commands.of(before, events);
    House next = staged;
    for (Event event : events) {
      next =
          Evolution.evolve(
              next,
              new Recorded(
                  next.sequence() + 1,
                  NO_HASH,
                  "trial",
                  next.authors().firstKey(),
                  Optional.empty(),
                  Optional.empty(),
                  0,
                  Rules.VERSION,
                  Collections.emptySortedSet(),
                  event));
    }
    return next;
  }

  /** Told once, and again when the reason changes or another try was due. */
  private static Optional<Event> failed(
      DueWork work, Optional<DueFailure> before, RuntimeException e, Circumstances c) {
    String reason = reason(e);
    Optional<DueFailure> same = before.filter(f -> f.reason().equals(reason));
    if (same.filter(f -> c.now().isBefore(f.retryAt())).isPresent()) {
      return Optional.empty();
    }
    int attempts =
        same.map(f -> f.attempts() == Integer.MAX_VALUE ? 1 : f.attempts() + 1).orElse(1);
    return Optional.of(
        new DueWorkFailed(
            work.authority(),
            work.slot(),
            reason,
            attempts,
            c.now().plus(pause(attempts)),
            c.now()));
  }

  private static Duration pause(int attempts) {
    Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, MOST_DOUBLINGS));
    return pause.compareTo(LAST_RETRY) < 0 ? pause : LAST_RETRY;
  }

  private static String reason(RuntimeException e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return text.length() <= REASON_LIMIT ? text : text.substring(0, REASON_LIMIT) + "…";
  }

  /** All work there is, due or not. */
  static List<DueWork> works(House house) {
    var works = new ArrayList<DueWork>();
    var slots = new TreeSet<>(house.slots().keySet());
    for (Authority a : house.authorities().values()) {
      var places = new TreeSet<SlotName>();
      a.keys().forEach(k -> places.add(k.slot()));
      for (SlotName slot : places) {
        works.add(
            new DueWork(
                Optional.of(a.name()),
                Optional.of(slot),
                () ->
                    streams(
                        CrlRules.renewals(house, a, slot),
                        SlotHealthRules.nextDue(a, slot),
                        KeyEnds.nextCrl(house, a, slot)),
                c ->
                    lists(
                        c,
                        x -> CrlRules.due(a, slot, x),
                        x -> SlotHealthRules.due(a, slot, x),
                        x -> KeyEnds.dueCrls(a, slot, x))));
      }
      works.add(
          new DueWork(
              Optional.of(a.name()),
              Optional.empty(),
              () -> AttestationRules.nextDue(house, a),
              c -> AttestationRules.due(house, a, c)));
    }
    for (SlotName slot : slots) {
      works.add(
          new DueWork(
              Optional.empty(),
              Optional.of(slot),
              () -> KeyEnds.nextInspection(house, slot),
              c -> KeyEnds.dueInspection(house, slot, c)));
    }
    return works;
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static Stream<Instant> streams(Stream<Instant>... all) {
    return Stream.of(all).flatMap(s -> s);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private static List<Event> lists(Circumstances c, Function<Circumstances, List<Event>>... all) {
    return Stream.of(all).flatMap(f -> f.apply(c).stream()).toList();
  }
}
