package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotJoining;
import io.carousel.events.AuthorityEvent.SlotLeaveCancelled;
import io.carousel.events.AuthorityEvent.SlotLeaving;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.AuthorityEvent.SlotTrusted;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.HouseEvent.SlotRemoved;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Recorded;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What each event changes about which slots an authority has, and about slots that are gone. */
final class SlotEvolution {
  private SlotEvolution() {}

  /** A slot that joins or leaves an authority. */
  static House onMembership(House house, Authority a, AuthorityEvent event, Recorded recorded) {
    return switch (a.phase()) {
      case Phase.Standby p when event instanceof SlotJoining e ->
          house.with(
              enters(a, new Phase.Joining(p.active(), e.slot(), Optional.empty()), recorded));
      case Phase.Standby p when event instanceof SlotLeaving e ->
          house.with(enters(a, new Phase.Leaving(p.active(), e.slot()), recorded));
      case Phase.Joining p when event instanceof SlotTrusted e ->
          house.with(trusted(a, p, e, recorded));
      case Phase.Joining p when event instanceof SlotJoined e ->
          house.with(
              enters(a, new Phase.Standby(p.active()), recorded)
                  .on(Stream.concat(a.slots().stream(), Stream.of(e.slot())).toList()));
      case Phase.Joining p when event instanceof SlotJoinCancelled e ->
          withdrawn(
              house, enters(a, new Phase.Standby(p.active()), recorded), e.slot(), e.bundle());
      case Phase.Leaving p when event instanceof SlotLeft e ->
          withdrawn(
              house, enters(a, new Phase.Standby(p.active()), recorded), e.slot(), e.bundle());
      case Phase.Leaving p when event instanceof SlotLeaveCancelled ->
          house.with(enters(a, new Phase.Standby(p.active()), recorded));
      case Phase.Creating _,
          Phase.Standby _,
          Phase.Init _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          throw new IllegalStateException(
              "%s cannot follow in phase %s"
                  .formatted(event.getClass().getSimpleName(), a.phase().name()));
    };
  }

  private static Authority enters(Authority a, Phase next, Recorded recorded) {
    return a.enters(next, recorded.sequence(), recorded.hash());
  }

  private static Authority trusted(Authority a, Phase.Joining p, SlotTrusted e, Recorded recorded) {
    var same = new Phase.Joining(p.active(), p.slot(), Optional.of(e.at()));
    return a.extendsTrust(same, recorded.sequence(), recorded.hash()).withBundle(e.bundle());
  }

  /** Its keys are not the authority's any more, and what they were asked for ends. */
  private static House withdrawn(House house, Authority standby, SlotName slot, long bundle) {
    List<SlotName> rest = standby.slots().stream().filter(s -> !s.equals(slot)).toList();
    Generation active = standby.generation(standby.active());
    List<Key> keys = active.keys().values().stream().filter(k -> k.slot().equals(slot)).toList();
    Generation next = active;
    for (Key key : keys) {
      if (key instanceof Key.Wanted wanted) {
        next = next.with(new Key.Withdrawn(wanted.place(), wanted.command()));
      }
    }
    return KeyEvolution.withdrawn(house.with(standby.on(rest).withBundle(bundle).with(next)), keys);
  }

  /** Whoever has that slot counts it as lost, and its bundle says so. */
  static House lost(House house, Slot slot, SlotLost e, Recorded recorded) {
    House next = house.with(slot.lost(Optional.of(new Slot.Loss(e.reason(), e.by(), e.at()))));
    for (Authority a : house.authorities().values()) {
      if (a.concerns(slot.name())) {
        List<SlotName> more =
            Stream.concat(a.lost().stream(), Stream.of(slot.name())).distinct().sorted().toList();
        next = next.with(a.losing(more, recorded.sequence()));
      }
    }
    return next;
  }

  static House found(House house, Slot slot, Recorded recorded) {
    House next = house.with(slot.lost(Optional.empty()));
    for (Authority a : house.authorities().values()) {
      if (a.lost().contains(slot.name())) {
        List<SlotName> rest = a.lost().stream().filter(s -> !s.equals(slot.name())).toList();
        next = next.with(a.losing(rest, recorded.sequence()));
      }
    }
    return next;
  }

  /** Nothing is asked of it any more; keys that nobody will reach again stay known. */
  static House removed(House house, Slot slot, SlotRemoved e) {
    House next = house.without(slot);
    for (var command : house.outbox().values()) {
      if (command.slot().equals(slot.name())) {
        next = next.answered(command.command());
      }
    }
    if (e.gone()) {
      for (Authority a : house.authorities().values()) {
        next = next.with(unreachable(a, slot.name()));
      }
    }
    return next;
  }

  private static Authority unreachable(Authority a, SlotName slot) {
    Authority next = a;
    for (Generation g : a.generations().values()) {
      Generation without = g;
      for (Key key : g.keys().values()) {
        if (key.slot().equals(slot) && key instanceof Key.Existing k) {
          without = without.with(unreachable(k));
        }
      }
      next = next.with(without);
    }
    for (Authority.Surplus s : a.surplus().values()) {
      if (s.key().slot().equals(slot) && s.key() instanceof Key.Existing k) {
        next = next.with(new Authority.Surplus(s.generation(), unreachable(k)));
      }
    }
    return next;
  }

  static Key.Unreachable unreachable(Key.Existing k) {
    return new Key.Unreachable(k.place(), k.command(), k.id(), k.publicKey().digest(), k.legacy());
  }
}
