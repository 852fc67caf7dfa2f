package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.KeyStage;
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
    Optional<Instant> until = a.policy().hold().map(c.now()::plus);
    return a.generation(generation)
        .living()
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

  /** What is to be done about keys whose hold is over. */
  static List<Event> due(Authority a, Circumstances c) {
    return a.generations().values().stream()
        .flatMap(g ->
            g.living()
                .filter(k -> holdEnd(k).filter(at -> !at.isAfter(c.now())).isPresent())
                .flatMap(k -> end(a, g, k, c).stream()))
        .toList();
  }

  /** A key that ever signed leaves a CRL behind that lasts; it is asked for first. */
  private static Optional<Event> end(Authority a, Generation g, Key.Living key, Circumstances c) {
    if (key instanceof Key.Ready k && k.x509().isPresent()) {
      Key.Published p = k.x509().get();
      if (p.asked().isPresent()) {
        return Optional.empty();
      }
      if (!CrlRules.isLast(p)) {
        return Optional.of(CrlRules.last(a, g, k, c));
      }
    }
    return Optional.of(
        destruction(
            a.name(),
            g.number(),
            key.place(),
            key.id(),
            key.publicKey(),
            "retired, and its hold is over",
            c));
  }

  /** When that key will next need something because its hold is over. */
  static Optional<Instant> nextDue(Key key) {
    boolean waits =
        key instanceof Key.Ready k && k.x509().flatMap(Key.Published::asked).isPresent();
    return waits ? Optional.empty() : holdEnd(key);
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
