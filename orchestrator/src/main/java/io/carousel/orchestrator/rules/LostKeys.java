package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent.KeyDeclaredLost;
import io.carousel.events.Digest;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.OperatorAct.DeclareKeyLost;
import io.carousel.events.SlotName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keys that are gone from their token without a command: once an operator has said so, nobody
 * expects them any more, and what waits for their slot goes on. One that comes back freezes the
 * slot like a destroyed one.
 */
final class LostKeys {
  private LostKeys() {}

  private record Found(Authority authority, int generation, Key.Existing key, boolean surplus) {}

  static Decision decide(House house, DeclareKeyLost act, Circumstances c) {
    Slot slot = house.slots().get(act.slot());
    if (slot == null) {
      return refuse(SlotRules.unknown(house, act.slot()));
    }
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("declaring a key lost"));
    }
    Optional<Found> found = find(house, act.slot(), act.key());
    if (found.isEmpty()) {
      return refuse(new SlotRefusal.NoSuchKey(act.slot(), act.key()));
    }
    Found f = found.get();
    if (!f.surplus() && isInForce(f.authority(), f.generation(), f.key())) {
      return refuse(
          new SlotRefusal.KeyInForce(act.slot(), act.key(), f.authority().name(), f.generation()));
    }
    if (isSeen(slot, f.key())) {
      return refuse(new SlotRefusal.KeySeen(act.slot(), act.key()));
    }
    return accept(
        new KeyDeclaredLost(
            f.authority().name(),
            f.generation(),
            act.slot(),
            f.key().format(),
            act.key(),
            act.reason(),
            act.by(),
            c.now()));
  }

  private static Optional<Found> find(House house, SlotName slot, KeyId key) {
    return house.authorities().values().stream()
        .flatMap(a ->
            Stream.concat(
                a.generations().values().stream()
                    .flatMap(g ->
                        g.keys().values().stream()
                            .flatMap(k -> found(a, g.number(), k, false).stream())),
                a.surplus().values().stream()
                    .flatMap(s -> found(a, s.generation(), s.key(), true).stream())))
        .filter(f -> f.key().slot().equals(slot) && f.key().id().equals(key))
        .findFirst();
  }

  private static Optional<Found> found(Authority a, int generation, Key key, boolean surplus) {
    return key instanceof Key.Existing k
        ? Optional.of(new Found(a, generation, k, surplus))
        : Optional.empty();
  }

  /** Trusted, or about to be: what was held, or was given up before it came to anything, is not. */
  private static boolean isInForce(Authority a, int generation, Key.Existing key) {
    boolean out = key instanceof Key.Doomed;
    return !out && (a.trusted().contains(generation) || isMade(a, generation));
  }

  private static boolean isMade(Authority a, int generation) {
    return switch (a.phase()) {
      case Phase.Creating p -> p.first() == generation;
      case Phase.Init p -> p.active() == generation || p.successor() == generation;
      case Phase.Standby _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          false;
    };
  }

  private static boolean isSeen(Slot slot, Key.Existing key) {
    Digest digest = key.publicKey().digest();
    return slot.seen().stream()
        .flatMap(i -> i.report().keys().stream())
        .anyMatch(k -> k.key().equals(key.id()) && k.publicKey().equals(digest));
  }

  static House lost(House house, Authority a, KeyDeclaredLost e) {
    KeyPlace place = KeyPlace.of(e.slot(), e.format());
    Key old = KeyEvolution.find(a, e.generation(), place, e.key());
    if (!(old instanceof Key.Existing k)) {
      throw new IllegalStateException("a key that is not there was declared lost");
    }
    House next = house;
    for (var command : List.copyOf(house.outbox().values())) {
      if (old.waitsFor(command.command())) {
        next = next.answered(command.command());
      }
    }
    return next.with(KeyEvolution.replace(a, e.generation(), SlotEvolution.unreachable(k)));
  }
}
