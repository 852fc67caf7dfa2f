package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.Act.RefusalsSeen;
import io.carousel.events.Act.SlotObserved;
import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.CommandsRefused;
import io.carousel.events.HouseEvent.SlotFound;
import io.carousel.events.HouseEvent.SlotHeard;
import io.carousel.events.HouseEvent.SlotLost;
import io.carousel.events.HouseEvent.SlotRemoved;
import io.carousel.events.HouseEvent.SlotSilent;
import io.carousel.events.OperatorAct.DeclareSlotLost;
import io.carousel.events.OperatorAct.RemoveSlot;
import io.carousel.events.ParticipantName;
import io.carousel.events.SlotName;
import io.carousel.events.seal.KnownAuthor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Slots that fall silent, are lost, are found again, refuse what they are told, or are given up.
 */
final class SlotHealthRules {
  /** Who says that a slot is lost whose CRL nobody renews. */
  private static final String RULES = "the rules";

  private SlotHealthRules() {}

  /** An orchestrator passes a slot over, or need not any more. */
  static Decision decide(House house, SlotObserved act, Circumstances c) {
    return onSlot(
        house,
        act.slot(),
        slot -> {
          if (slot.silent().isPresent() == act.silent()) {
            return refuse(new SlotRefusal.KnownAlready(act.slot(), act.silent()));
          }
          AuthorName by = c.author().name();
          return accept(
              act.silent()
                  ? new SlotSilent(act.slot(), by, c.now())
                  : new SlotHeard(act.slot(), by, c.now()));
        });
  }

  /** A worker would not sign what it was told to. */
  static Decision decide(House house, RefusalsSeen act, Circumstances c) {
    return onSlot(
        house,
        act.slot(),
        _ ->
            accept(
                new CommandsRefused(
                    act.slot(),
                    act.code(),
                    act.count(),
                    act.detail(),
                    c.author().name(),
                    c.now())));
  }

  static Decision decide(House house, DeclareSlotLost act, Circumstances c) {
    return onSlot(
        house,
        act.slot(),
        slot -> {
          if (slot.lost().isPresent()) {
            return refuse(new SlotRefusal.LostAlready(act.slot()));
          }
          return act.reason().isBlank()
              ? refuse(new Refusal.ReasonMissing("the loss of a slot"))
              : lost(house, act, c);
        });
  }

  private static Decision lost(House house, DeclareSlotLost act, Circumstances c) {
    StepBreaks breaks = losing(house, act.slot(), c);
    return breaks
        .unless(act.breaks())
        .map(Decision::refuse)
        .orElseGet(() ->
            accept(
                new SlotLost(
                    act.slot(), act.reason(), act.by(), c.now(), breaks.accepted(act.breaks()))));
  }

  /** Whom it breaks that other slots sign instead, in each authority that has such. */
  private static StepBreaks losing(House house, SlotName slot, Circumstances c) {
    var would = new TreeMap<ParticipantName, String>();
    house.authorities().values().stream()
        .filter(a -> a.slots().contains(slot) && a.slots().size() > 1)
        .map(a -> Forecast.elsewhere(house, a, slot, c.evidence().apply(a.name()), c.now()))
        .forEach(f ->
            f.live()
                .forEach(
                    (name, what) -> would.merge(name, what, (one, other) -> one + "; " + other)));
    return StepBreaks.of("other slots sign in place of " + slot, would);
  }

  static Decision decide(House house, RemoveSlot act, Circumstances c) {
    return onSlot(
        house,
        act.slot(),
        slot ->
            whyNotRemove(house, slot, act)
                .map(Decision::refuse)
                .orElseGet(() ->
                    accept(
                        new SlotRemoved(act.slot(), act.gone(), act.reason(), act.by(), c.now()))));
  }

  private static Optional<Refusal> whyNotRemove(House house, Slot slot, RemoveSlot act) {
    SlotName name = slot.name();
    if (act.reason().isBlank()) {
      return Optional.of(new Refusal.ReasonMissing("the removal of a slot"));
    }
    List<AuthorityName> users =
        house.authorities().values().stream()
            .filter(a -> a.concerns(name))
            .map(Authority::name)
            .toList();
    if (!users.isEmpty()) {
      return Optional.of(new SlotRefusal.InUse(name, users));
    }
    List<AuthorName> workers =
        house.authors().values().stream()
            .filter(a -> a.slot().equals(Optional.of(name)))
            .map(KnownAuthor::name)
            .toList();
    if (!workers.isEmpty()) {
      return Optional.of(new SlotRefusal.WorkersEnrolled(name, workers));
    }
    if (act.gone()) {
      return slot.lost().isEmpty() ? Optional.of(new SlotRefusal.NotLost(name)) : Optional.empty();
    }
    List<String> left = left(house, name);
    return left.isEmpty() ? Optional.empty() : Optional.of(new SlotRefusal.KeysRemain(name, left));
  }

  /** The keys of the log that are in that slot still, or may be. */
  private static List<String> left(House house, SlotName slot) {
    return SlotRules.keysIn(house, slot)
        .filter(Key.Existing.class::isInstance)
        .map(Key.Existing.class::cast)
        .map(k -> "key %s (%s)".formatted(k.id(), k.stage()))
        .toList();
  }

  /** What a worker's first answer to a command says about its slot beside what it answers. */
  static Decision answering(House house, SlotName name, Decision decision, Circumstances c) {
    Slot slot = house.slots().get(name);
    if (slot == null || !(decision instanceof Decision.Accepted accepted)) {
      return decision;
    }
    var events = new ArrayList<>(accepted.events());
    if (slot.lost().isPresent()) {
      events.add(new SlotFound(name, c.author().name(), c.now()));
    }
    if (slot.silent().isPresent()) {
      events.add(new SlotHeard(name, c.author().name(), c.now()));
    }
    return new Decision.Accepted(events, accepted.rested());
  }

  /** The loss of that slot if nobody renews a CRL of that authority's, though asked long ago. */
  static List<Event> due(Authority a, SlotName slot, Circumstances c) {
    return nextDue(a, slot)
        .filter(at -> !at.isAfter(c.now()))
        .limit(1)
        .<Event>map(_ ->
            new SlotLost(
                slot,
                "the CRL of its key for authority '%s' was asked for, and has not come"
                    .formatted(a.name()),
                RULES,
                c.now()))
        .toList();
  }

  /** When that slot is to be called lost if the CRLs of that authority's keys do not come. */
  static Stream<Instant> nextDue(Authority a, SlotName slot) {
    return a.slots().contains(slot) && !a.lost().contains(slot)
        ? a.inForce()
            .trusted()
            .map(InForce.Trusted::key)
            .filter(k -> k.slot().equals(slot))
            .flatMap(k -> CrlRules.overdue(a, k).stream())
        : Stream.empty();
  }

  private static Decision onSlot(House house, SlotName name, Function<Slot, Decision> decision) {
    Slot slot = house.slots().get(name);
    return slot == null ? refuse(SlotRules.unknown(house, name)) : decision.apply(slot);
  }
}
