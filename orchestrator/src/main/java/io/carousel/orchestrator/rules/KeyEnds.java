package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.KeyStage;
import io.carousel.events.LogTime;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The end of keys: retired with their generation, held for as long as the policy says, and
 * destroyed after a CRL that lasts as long as their CA certificate.
 */
final class KeyEnds {
  private KeyEnds() {}

  /** The keys of that generation sign no more credentials, and their hold begins. */
  static Stream<KeyStageReached> retiring(Authority a, int generation, Circumstances c) {
    return retiring(a, generation, a.generation(generation).living(), c);
  }

  /** Those of that slot. */
  static Stream<KeyStageReached> retiring(
      Authority a, int generation, SlotName slot, Circumstances c) {
    return retiring(
        a, generation, a.generation(generation).living().filter(k -> k.slot().equals(slot)), c);
  }

  private static Stream<KeyStageReached> retiring(
      Authority a, int generation, Stream<Key.Living> keys, Circumstances c) {
    // Not from the present, if the log has seen a later one: perhaps the clocks are behind.
    Optional<Instant> until = a.policy().hold().map(c.log().latest()::plus);
    return keys
        // Those of a slot that left are held since then.
        .filter(k -> !k.made().stage().equals(Optional.of(KeyStage.HELD)))
        .flatMap(k ->
            Stream.of(
                reached(a, generation, k, KeyStage.RETIRED, Optional.empty(), c),
                reached(a, generation, k, KeyStage.HELD, until, c)));
  }

  private static KeyStageReached reached(
      Authority a,
      int generation,
      Key.Living key,
      KeyStage stage,
      Optional<Instant> until,
      Circumstances c) {
    return new KeyStageReached(
        a.name(), generation, key.slot(), key.format(), key.id(), stage, until, c.now());
  }

  /** When that key's hold is over; empty if it is not held, or for ever. */
  static Optional<Instant> holdEnd(Key key) {
    return key instanceof Key.Living k && k.made().stage().equals(Optional.of(KeyStage.HELD))
        ? k.made().until()
        : Optional.empty();
  }

  private static boolean isOver(Key key, LogTime time) {
    return holdEnd(key, time).filter(at -> !at.isAfter(time.now())).isPresent();
  }

  /** As above, and not before the time of the log has settled after a leap. */
  private static Optional<Instant> holdEnd(Key key, LogTime time) {
    return holdEnd(key).map(end -> time.unsettledUntil().filter(end::isBefore).orElse(end));
  }

  /** The CRLs that keys of that authority leave behind in that slot now that their hold is over. */
  static List<Event> dueCrls(Authority a, SlotName slot, Circumstances c) {
    return a.generations().values().stream()
        .flatMap(g ->
            g.living()
                .filter(k -> k.slot().equals(slot) && isOver(k, c.log()) && needsCrl(k))
                .flatMap(k -> lastCrl(a, g, k, c).stream()))
        .toList();
  }

  /** When {@link #dueCrls} will have something. */
  static Stream<Instant> nextCrl(House house, Authority a, SlotName slot) {
    return a.generations().values().stream()
        .flatMap(Generation::living)
        .filter(k -> k.slot().equals(slot) && holdEnd(k).isPresent())
        .filter(k -> needsCrl(k) && !waitsForCrl(k))
        .flatMap(k -> holdEnd(k, house.time()).stream());
  }

  /**
   * The inspection of that slot, once a key's hold is over there that has left its CRL behind:
   * nothing is destroyed where anything is missing or has come back.
   */
  static List<Event> dueInspection(House house, SlotName slot, Circumstances c) {
    return nextInspection(house, slot, c.log()).anyMatch(at -> !at.isAfter(c.now()))
        ? List.of(SlotRules.request(house, slot, "the rules", c))
        : List.of();
  }

  /** When {@link #dueInspection} will have something. */
  static Stream<Instant> nextInspection(House house, SlotName slot) {
    return nextInspection(house, slot, house.time());
  }

  private static Stream<Instant> nextInspection(House house, SlotName slot, LogTime time) {
    return mayInspect(house, slot)
        ? house.authorities().values().stream().flatMap(a -> holdEnds(a, slot, time).stream())
        : Stream.empty();
  }

  /** None of an authority whose keys cannot be judged: that authority's own work says so. */
  private static List<Instant> holdEnds(Authority a, SlotName slot, LogTime time) {
    try {
      return a.generations().values().stream()
          .flatMap(Generation::living)
          .filter(k -> k.slot().equals(slot) && holdEnd(k).isPresent() && !needsCrl(k))
          .flatMap(k -> holdEnd(k, time).stream())
          .toList();
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  private static boolean mayInspect(House house, SlotName name) {
    Slot slot = house.slots().get(name);
    return slot != null && slot.frozen().isEmpty() && slot.asked().isEmpty();
  }

  private static boolean needsCrl(Key.Living key) {
    return key instanceof Key.Ready k && k.x509().filter(p -> !CrlRules.isLast(p)).isPresent();
  }

  private static boolean waitsForCrl(Key.Living key) {
    return key instanceof Key.Ready k && k.x509().flatMap(Key.Published::asked).isPresent();
  }

  private static Optional<Event> lastCrl(
      Authority a, Generation g, Key.Living key, Circumstances c) {
    return key instanceof Key.Ready k && k.x509().flatMap(Key.Published::asked).isEmpty()
        ? Optional.of(CrlRules.last(a, g, k, c))
        : Optional.empty();
  }

  /** The slot was looked at, and all is there: its keys whose hold is over are destroyed. */
  static List<Event> afterInspection(House house, SlotName slot, Circumstances c) {
    return house.authorities().values().stream()
        .flatMap(a -> destructions(a, slot, c).stream())
        .toList();
  }

  /** None of an authority whose keys cannot be judged: that authority's own work says so. */
  private static List<Event> destructions(Authority a, SlotName slot, Circumstances c) {
    try {
      return a.generations().values().stream()
          .flatMap(g ->
              g.living()
                  .filter(k -> k.slot().equals(slot) && isOver(k, c.log()) && !needsCrl(k))
                  .<Event>map(k ->
                      destruction(
                          a.name(),
                          g.number(),
                          k.place(),
                          k.id(),
                          k.publicKey(),
                          "retired, and its hold is over",
                          c)))
          .toList();
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  static KeyDestructionRequested destruction(
      AuthorityName authority,
      int generation,
      KeyPlace place,
      KeyId key,
      Bytes publicKey,
      String reason,
      Circumstances c) {
    return new KeyDestructionRequested(
        authority,
        generation,
        place.slot(),
        place.format(),
        c.newCommand("destroy " + key),
        key,
        publicKey,
        reason,
        c.now());
  }
}
