package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent;
import io.carousel.events.AuthorityEvent.ClientsUpdating;
import io.carousel.events.AuthorityEvent.RollbackStarted;
import io.carousel.events.AuthorityEvent.RolledBack;
import io.carousel.events.AuthorityEvent.RotationCompleted;
import io.carousel.events.AuthorityEvent.RotationStarted;
import io.carousel.events.AuthorityEvent.ServersUpdating;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.FormatSuite;
import io.carousel.events.GateEvidence;
import io.carousel.events.OperatorAct.Advance;
import io.carousel.events.OperatorAct.RollBack;
import io.carousel.events.OperatorAct.StartRotation;
import io.carousel.events.ParticipantName;
import io.carousel.events.RotationId;
import io.carousel.events.Seen;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** The phase table: which act moves which phase, and which gate stands before it. */
final class RotationRules {
  private RotationRules() {}

  static Decision decide(House house, StartRotation act, Circumstances c) {
    return inStandby(house, act.authority(), act.seen(), (a, p) -> start(house, a, p, act, c));
  }

  /** What only an authority in standby does, if its author has seen that it is. */
  static Decision inStandby(
      House house,
      AuthorityName name,
      Seen seen,
      BiFunction<Authority, Phase.Standby, Decision> decision) {
    return onAuthority(
        house,
        name,
        a ->
            switch (a.phase()) {
              case Phase.Creating p -> refuse(stillCreating(a, p));
              case Phase.Init p -> refuse(underway(p));
              case Phase.UpdateClients p -> refuse(underway(p));
              case Phase.UpdateServers p -> refuse(underway(p));
              case Phase.Rollback p -> refuse(underway(p));
              case Phase.Joining p -> refuse(new SlotRefusal.Moving(name, p.slot(), p.name()));
              case Phase.Leaving p -> refuse(new SlotRefusal.Moving(name, p.slot(), p.name()));
              case Phase.Standby _ when movedOn(a, seen) -> refuse(moved(a, seen));
              case Phase.Standby p -> decision.apply(a, p);
            });
  }

  private static Decision start(
      House house, Authority a, Phase.Standby p, StartRotation act, Circumstances c) {
    RotationId rotation = RotationId.of(a.name(), a.rotations() + 1);
    for (FormatSuite wanted : act.formats()) {
      if (!a.signs(wanted.format())) {
        return refuse(
            new CredentialRefusal.FormatNotSigned(a.name(), wanted.format(), a.formats()));
      }
    }
    List<FormatSuite> formats = a.formats().stream().map(f -> successor(f, act)).toList();
    Optional<Refusal> lacking =
        NamingRules.flaw(a.name(), a.policy(), formats)
            .or(() -> SlotRules.lacking(house, a.slots(), formats));
    if (lacking.isPresent()) {
      return refuse(lacking.get());
    }
    if (!a.lost().isEmpty()) {
      return refuse(new SlotRefusal.Lost(a.lost().getFirst(), a.name()));
    }
    int successor = a.generations().lastKey() + 1;
    var events = new ArrayList<Event>();
    events.add(
        new RotationStarted(
            a.name(), rotation, p.active(), successor, formats, act.reason(), act.by(), c.now()));
    events.addAll(KeyRules.requests(a.name(), successor, a.slots(), formats, c));
    return new Decision.Accepted(events, List.of());
  }

  /** As asked for, or as it is. */
  private static FormatSuite successor(FormatSuite now, StartRotation act) {
    return act.formats().stream().filter(f -> f.format() == now.format()).findFirst().orElse(now);
  }

  static Decision decide(House house, Advance act, Circumstances c) {
    return onAuthority(
        house,
        act.authority(),
        a ->
            switch (a.phase()) {
              case Phase.Creating p -> refuse(stillCreating(a, p));
              case Phase.Standby _ -> refuse(idle(a, act.seen()));
              case Phase _ when movedOn(a, act.seen()) -> refuse(moved(a, act.seen()));
              case Phase _ when act.elsewhereReplaced() && !losesElsewhere(a) ->
                  refuse(new OriginRefusal.NothingElsewhere(a.name()));
              case Phase.Init p when !p.successorTrusted() -> refuse(keysMissing(a, p.successor()));
              case Phase.Init p when !AttestationRules.successorNamed(house, a, p) ->
                  refuse(new Refusal.SuccessorNotNamed(p.active()));
              case Phase.Init p -> through(house, a, act, c, e -> clientsUpdating(a, p, act, c, e));
              case Phase.UpdateClients p ->
                  through(house, a, act, c, e -> serversUpdating(p, act, c, e));
              case Phase.UpdateServers p ->
                  accounted(a, p, act, through(house, a, act, c, e -> completed(a, p, act, c, e)));
              case Phase.Rollback p -> through(house, a, act, c, e -> rolledBack(a, p, act, c, e));
              case Phase.Joining p when a.lost().contains(p.slot()) ->
                  refuse(new SlotRefusal.Lost(p.slot(), a.name()));
              case Phase.Joining p when !p.slotTrusted() -> refuse(keysMissing(a, p.active()));
              case Phase.Joining p ->
                  through(house, a, act, c, e -> SlotMembershipRules.joined(a, p, act, c, e));
              case Phase.Leaving p ->
                  through(house, a, act, c, e -> SlotMembershipRules.left(a, p, act, c, e));
            });
  }

  static Decision decide(House house, RollBack act, Circumstances c) {
    return onAuthority(
        house,
        act.authority(),
        a ->
            switch (a.phase()) {
              case Phase.Creating p -> refuse(stillCreating(a, p));
              case Phase.Standby _ -> refuse(idle(a, act.seen()));
              case Phase _ when movedOn(a, act.seen()) -> refuse(moved(a, act.seen()));
              case Phase.Rollback p -> refuse(new Refusal.RollingBack(p.rotation()));
              case Phase.Init p -> turn(house, a, p.rotation(), p.active(), act, c);
              case Phase.UpdateClients p -> turn(house, a, p.rotation(), p.retiring(), act, c);
              case Phase.UpdateServers p -> turn(house, a, p.rotation(), p.retiring(), act, c);
              case Phase.Joining p -> SlotMembershipRules.callOff(a, p, act, c);
              case Phase.Leaving p -> SlotMembershipRules.callOff(a, p, act, c);
            });
  }

  private static Decision turn(
      House house, Authority a, RotationId rotation, int back, RollBack act, Circumstances c) {
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("a rollback"));
    }
    if (a.generation(back).verifyOnly()) {
      return a.phase() instanceof Phase.Init
          ? turned(house, a, rotation, back, act, c)
          : refuse(new OriginRefusal.CannotSign(rotation, a.phase().name(), back));
    }
    Instant end = Proofs.earliestEnd(a.generation(back));
    if (end.isBefore(c.now().plus(a.policy().leafLifetime()))) {
      return refuse(new Refusal.CannotReturn(rotation, back, end));
    }
    return turned(house, a, rotation, back, act, c);
  }

  private static Decision turned(
      House house, Authority a, RotationId rotation, int back, RollBack act, Circumstances c) {
    StepBreaks breaks = turning(house, a, back, c);
    Optional<Refusal> breaking = breaks.unless(act.breaks());
    return breaking.isPresent()
        ? refuse(breaking.get())
        : Decision.accept(
            new RollbackStarted(
                a.name(),
                rotation,
                a.phase().name(),
                act.reason(),
                act.by(),
                c.now(),
                breaks.accepted(act.breaks())));
  }

  /** In init nobody presents the successor yet, and nothing changes by turning. */
  private static StepBreaks turning(House house, Authority a, int back, Circumstances c) {
    return a.phase() instanceof Phase.Init
        ? StepBreaks.none("everybody presents generation %d again".formatted(back))
        : Forecast.back(house, a, back, c.evidence().apply(a.name()), c.now()).bindingTheLive();
  }

  /** Whether the next step ends trust in a generation that issued credentials elsewhere. */
  private static boolean losesElsewhere(Authority a) {
    return a.phase() instanceof Phase.UpdateServers p
        && a.generation(p.retiring()).origin().elsewhere();
  }

  /** No gate can ask for what the log does not know: an operator must say that it is replaced. */
  private static Decision accounted(
      Authority a, Phase.UpdateServers p, Advance act, Decision passed) {
    boolean unknown =
        passed instanceof Decision.Accepted && losesElsewhere(a) && !act.elsewhereReplaced();
    return unknown ? refuse(new OriginRefusal.ElsewhereUnknown(a.name(), p.retiring())) : passed;
  }

  /** Passes the gate of the phase, or says who holds it. */
  private static Decision through(
      House house,
      Authority a,
      Advance act,
      Circumstances c,
      Function<GateEvidence, List<Event>> next) {
    Evidence evidence = c.evidence().apply(a.name());
    Gate gate = Gate.of(house, a, evidence, c.now());
    Set<ParticipantName> abandoned = Set.copyOf(act.abandon());
    var asked = new HashSet<ParticipantName>();
    gate.answers().forEach(answer -> asked.add(answer.about()));
    Optional<Refusal> refusal = whyNot(a, act, gate, abandoned, asked);
    if (refusal.isPresent()) {
      return refuse(refusal.get());
    }
    // The gate asks each by itself; this asks whether they still fit each other.
    StepBreaks breaks =
        Forecast.next(house, a, evidence, c.now()).orElseThrow().bindingAllBut(abandoned);
    Optional<Refusal> breaking = breaks.unless(act.breaks());
    if (breaking.isPresent()) {
      return refuse(breaking.get());
    }
    GateEvidence rested =
        gate.evidence(evidence, act.abandon(), act.nobody(), breaks.accepted(act.breaks()));
    return new Decision.Accepted(next.apply(rested), gate.statements());
  }

  private static Optional<Refusal> whyNot(
      Authority a,
      Advance act,
      Gate gate,
      Set<ParticipantName> abandoned,
      Set<ParticipantName> asked) {
    if (!abandoned.isEmpty() && act.reason().isBlank()) {
      return Optional.of(new Refusal.ReasonMissing("leaving participants behind"));
    }
    List<ParticipantName> strangers =
        act.abandon().stream().filter(n -> !asked.contains(n)).toList();
    if (!strangers.isEmpty()) {
      return Optional.of(new Refusal.NotInGate(strangers));
    }
    if (gate.required() == 0 && !act.nobody()) {
      return Optional.of(new Refusal.NobodyToAsk(change(a), a.phase().name()));
    }
    if (gate.required() > 0 && act.nobody()) {
      return Optional.of(new Refusal.FleetNotEmpty(a.name(), gate.required()));
    }
    if (gate.opens().isPresent()) {
      return Optional.of(new CredentialRefusal.PublishedTooLately(change(a), gate.opens().get()));
    }
    List<Gate.Answer> lacking = gate.lacking(abandoned);
    return lacking.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Refusal.GateClosed(change(a), a.phase().name(), gate.required(), lacking));
  }

  private static List<Event> clientsUpdating(
      Authority a, Phase.Init p, Advance act, Circumstances c, GateEvidence e) {
    return and(
        new ClientsUpdating(a.name(), p.rotation(), e, act.reason(), act.by(), c.now()),
        Opening.signing(a, p.successor(), c));
  }

  private static List<Event> serversUpdating(
      Phase.UpdateClients p, Advance act, Circumstances c, GateEvidence e) {
    return List.of(
        new ServersUpdating(act.authority(), p.rotation(), e, act.reason(), act.by(), c.now()));
  }

  static List<Event> and(AuthorityEvent first, Stream<? extends Event> rest) {
    return Stream.concat(Stream.of(first), rest).toList();
  }

  private static List<Event> completed(
      Authority a, Phase.UpdateServers p, Advance act, Circumstances c, GateEvidence e) {
    return and(
        new RotationCompleted(
            a.name(),
            p.rotation(),
            a.bundle() + 1,
            e,
            act.reason(),
            act.by(),
            c.now(),
            act.elsewhereReplaced()),
        KeyEnds.retiring(a, p.retiring(), c));
  }

  private static List<Event> rolledBack(
      Authority a, Phase.Rollback p, Advance act, Circumstances c, GateEvidence e) {
    return and(
        new RolledBack(a.name(), p.rotation(), a.bundle() + 1, e, act.reason(), act.by(), c.now()),
        KeyEnds.retiring(a, p.successor(), c));
  }

  /** The slots without a usable key that is waited for, each with what is known of the reason. */
  private static Refusal keysMissing(Authority a, int generation) {
    return new Refusal.KeysMissing(
        change(a),
        a.phase().name(),
        a.missing(generation).stream().map(k -> missing(a, k)).toList());
  }

  private static String missing(Authority a, Key key) {
    return ExternalRules.awaited(a.name(), key)
        .orElseGet(() ->
            "%s (%s)"
                .formatted(
                    key.place(), key.lastFailure().map(Key.Failure::detail).orElse(key.stage())));
  }

  /** What is under way, in words: a rotation by its id, the change of a slot by its authority. */
  static String change(Authority a) {
    return a.phase()
        .underway()
        .map(r -> "rotation " + r)
        .orElseGet(() -> "authority '%s'".formatted(a.name()));
  }

  private static Decision onAuthority(
      House house, AuthorityName name, Function<Authority, Decision> decision) {
    return house
        .authority(name)
        .map(decision)
        .orElseGet(() -> refuse(new Refusal.UnknownAuthority(name)));
  }

  private static Refusal underway(Phase phase) {
    return new Refusal.RotationUnderway(phase.underway().orElseThrow(), phase.name());
  }

  /** In standby: the rotation that the author saw is over, or there never was one. */
  private static Refusal idle(Authority a, Seen seen) {
    return movedOn(a, seen) ? moved(a, seen) : new Refusal.NothingUnderway(a.name());
  }

  private static Refusal stillCreating(Authority a, Phase.Creating p) {
    return ExternalRules.creating(a).orElseGet(() -> keysComing(a, p));
  }

  private static Refusal keysComing(Authority a, Phase.Creating p) {
    List<SlotName> missing =
        a.generation(p.first()).keys().values().stream()
            .filter(k -> !(k instanceof Key.Ready))
            .map(Key::slot)
            .distinct()
            .toList();
    return new Refusal.StillCreating(a.name(), missing);
  }

  private static boolean movedOn(Authority a, Seen seen) {
    return !a.seen().equals(seen);
  }

  private static Refusal moved(Authority a, Seen seen) {
    return new Refusal.MovedOn(a.name(), seen, a.seen());
  }
}
