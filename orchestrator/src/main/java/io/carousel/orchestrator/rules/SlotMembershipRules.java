package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent.SlotJoinCancelled;
import io.carousel.events.AuthorityEvent.SlotJoined;
import io.carousel.events.AuthorityEvent.SlotJoining;
import io.carousel.events.AuthorityEvent.SlotLeaveCancelled;
import io.carousel.events.AuthorityEvent.SlotLeaving;
import io.carousel.events.AuthorityEvent.SlotLeft;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.GateEvidence;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.JoinSlot;
import io.carousel.events.OperatorAct.LeaveSlot;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.SlotName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Slots join and leave an authority between two rotations, each through a gate of its own: a slot
 * that joins is trusted before it signs, and one that leaves signs no more before it is forgotten.
 */
final class SlotMembershipRules {
  private SlotMembershipRules() {}

  static Decision decide(House house, JoinSlot act, Circumstances c) {
    return RotationRules.inStandby(
        house,
        act.authority(),
        act.seen(),
        (a, p) ->
            whyNotJoin(house, a, p.active(), act.slot())
                .map(Decision::refuse)
                .orElseGet(() -> join(a, p, act, c)));
  }

  private static Optional<Refusal> whyNotJoin(House house, Authority a, int active, SlotName name) {
    Slot slot = house.slots().get(name);
    if (slot == null) {
      return Optional.of(SlotRules.unknown(house, name));
    }
    if (a.slots().contains(name)) {
      return Optional.of(new SlotRefusal.AlreadyIn(name, a.name()));
    }
    if (a.generation(active).verifyOnly()) {
      return Optional.of(new SlotRefusal.NoneSigns(a.name(), active));
    }
    if (slot.lost().isPresent()) {
      return Optional.of(new SlotRefusal.Lost(name, a.name()));
    }
    Optional<Refusal> tooLong = NamingRules.tooLong(a.policy(), a.name(), name);
    if (tooLong.isPresent()) {
      return tooLong;
    }
    if (keysOf(a, active, name).findAny().isPresent()) {
      return Optional.of(new SlotRefusal.GenerationUsed(name, a.name(), active));
    }
    return SlotRules.lacking(house, List.of(name), a.formats());
  }

  private static Decision join(Authority a, Phase.Standby p, JoinSlot act, Circumstances c) {
    var events = new ArrayList<Event>();
    events.add(new SlotJoining(a.name(), act.slot(), p.active(), act.reason(), act.by(), c.now()));
    events.addAll(KeyRules.requests(a.name(), p.active(), List.of(act.slot()), a.formats(), c));
    return new Decision.Accepted(events, List.of());
  }

  static Decision decide(House house, LeaveSlot act, Circumstances c) {
    return RotationRules.inStandby(
        house,
        act.authority(),
        act.seen(),
        (a, p) ->
            whyNotLeave(a, p.active(), act)
                .map(Decision::refuse)
                .orElseGet(() -> leave(house, a, act, c)));
  }

  private static Decision leave(House house, Authority a, LeaveSlot act, Circumstances c) {
    StepBreaks breaks =
        Forecast.elsewhere(house, a, act.slot(), c.evidence().apply(a.name()), c.now())
            .bindingTheLive();
    return breaks
        .unless(act.breaks())
        .map(Decision::refuse)
        .orElseGet(() ->
            accept(
                new SlotLeaving(
                    a.name(),
                    act.slot(),
                    act.reason(),
                    act.by(),
                    c.now(),
                    breaks.accepted(act.breaks()))));
  }

  private static Optional<Refusal> whyNotLeave(Authority a, int active, LeaveSlot act) {
    if (!a.slots().contains(act.slot())) {
      return Optional.of(new SlotRefusal.NotIn(act.slot(), a.name(), a.slots()));
    }
    if (a.generation(active).verifyOnly()) {
      return Optional.of(new SlotRefusal.NoneSigns(a.name(), active));
    }
    if (act.reason().isBlank()) {
      return Optional.of(new Refusal.ReasonMissing("letting a slot leave"));
    }
    List<SlotName> others = a.slots().stream().filter(s -> !s.equals(act.slot())).toList();
    return a.lost().containsAll(others)
        ? Optional.of(new SlotRefusal.LastSlot(act.slot(), a.name(), others))
        : Optional.empty();
  }

  /** The gate of a joining slot was passed. */
  static List<Event> joined(
      Authority a, Phase.Joining p, Advance act, Circumstances c, GateEvidence e) {
    return RotationRules.and(
        new SlotJoined(a.name(), p.slot(), e, act.reason(), act.by(), c.now()),
        Opening.signing(a, p.active(), p.slot(), c));
  }

  /** The gate of a leaving slot was passed. */
  static List<Event> left(
      Authority a, Phase.Leaving p, Advance act, Circumstances c, GateEvidence e) {
    return RotationRules.and(
        new SlotLeft(a.name(), p.slot(), a.bundle() + 1, e, act.reason(), act.by(), c.now()),
        KeyEnds.retiring(a, p.active(), p.slot(), c));
  }

  /** A slot shall not join after all. It never signed, so there is nobody to wait for. */
  static Decision callOff(Authority a, Phase.Joining p, RollBack act, Circumstances c) {
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("calling off a slot's joining"));
    }
    if (p.slotTrusted() && hasSigned(a, p, c)) {
      return refuse(new SlotRefusal.HasSigned(p.slot(), a.name()));
    }
    long bundle = p.slotTrusted() ? a.bundle() + 1 : a.bundle();
    return new Decision.Accepted(
        RotationRules.and(
            new SlotJoinCancelled(a.name(), p.slot(), bundle, act.reason(), act.by(), c.now()),
            KeyEnds.retiring(a, p.active(), p.slot(), c)),
        List.of());
  }

  /** No desk asks it to and no worker would; but trust is removed on evidence alone. */
  private static boolean hasSigned(Authority a, Phase.Joining p, Circumstances c) {
    Set<Digest> keys =
        keysOf(a, p.active(), p.slot())
            .flatMap(k -> k.publicKeyDigest().stream())
            .collect(Collectors.toSet());
    return c.evidence().apply(a.name()).issued().stream()
        .anyMatch(i -> i.notAfter().isAfter(c.now()) && keys.contains(i.issuerKey()));
  }

  /** A slot shall not leave after all: its keys are trusted still, and sign again. */
  static Decision callOff(Authority a, Phase.Leaving p, RollBack act, Circumstances c) {
    return act.reason().isBlank()
        ? refuse(new Refusal.ReasonMissing("calling off a slot's leaving"))
        : accept(new SlotLeaveCancelled(a.name(), p.slot(), act.reason(), act.by(), c.now()));
  }

  private static Stream<Key> keysOf(Authority a, int generation, SlotName slot) {
    return a.generation(generation).keys().values().stream().filter(k -> k.slot().equals(slot));
  }
}
