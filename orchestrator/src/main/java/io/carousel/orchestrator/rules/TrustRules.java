package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorityEvent.GenerationDistrusted;
import io.carousel.events.AuthorityEvent.GenerationRetrusted;
import io.carousel.events.AuthorityName;
import io.carousel.events.Event;
import io.carousel.events.KeyStage;
import io.carousel.events.OperatorAct.Distrust;
import io.carousel.events.OperatorAct.Retrust;
import io.carousel.events.ParticipantName;
import io.carousel.events.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Trust that is given back to a retired generation while its keys are held, and taken again on
 * evidence. It stands beside any rotation, and no credential is signed by it.
 */
final class TrustRules {
  private TrustRules() {}

  static Decision decide(House house, Retrust act, Circumstances c) {
    return onGeneration(
        house, act.authority(), act.seen(), act.generation(), a -> retrust(a, act, c));
  }

  private static Decision retrust(Authority a, Retrust act, Circumstances c) {
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("trust in a retired generation"));
    }
    Optional<String> obstacle = obstacle(a, a.generation(act.generation()), c);
    if (obstacle.isPresent()) {
      return refuse(new OriginRefusal.CannotRetrust(a.name(), act.generation(), obstacle.get()));
    }
    var events = new ArrayList<Event>();
    events.add(
        new GenerationRetrusted(
            a.name(), act.generation(), a.bundle() + 1, act.reason(), act.by(), c.now()));
    Opening.trusted(a, act.generation(), c).forEach(events::add);
    return new Decision.Accepted(events, List.of());
  }

  private static Optional<String> obstacle(Authority a, Generation g, Circumstances c) {
    if (a.trusted().contains(g.number())) {
      return Optional.of("it is trusted already");
    }
    if (g.keys().values().stream()
        .anyMatch(k -> k instanceof Key.Doomed || k instanceof Key.Destroyed)) {
      return Optional.of("a key of it is destroyed, or about to be");
    }
    boolean held =
        g.verifyOnly() || (g.ready().findAny().isPresent() && g.ready().allMatch(TrustRules::held));
    if (!held) {
      return Optional.of("its keys are not held, as those of a retired generation are");
    }
    return Proofs.earliestCertificateEnd(g)
        .filter(end -> !end.isAfter(c.now()))
        .map(end -> "a CA certificate of it ended at " + end)
        .or(() ->
            ForeignCrlRules.withoutCrl(a, g)
                .map(ca ->
                    "%s has no CRL here, and verifiers that check CRLs would take nothing of any CA any more, since crls.pem holds a CRL of every trusted CA or is not published; bring it first with 'carousel authority crl %s FILE'"
                        .formatted(ca, a.name())));
  }

  private static boolean held(Key.Ready key) {
    return key.made().stage().equals(Optional.of(KeyStage.HELD));
  }

  static Decision decide(House house, Distrust act, Circumstances c) {
    return onGeneration(
        house, act.authority(), act.seen(), act.generation(), a -> distrust(house, a, act, c));
  }

  private static Decision distrust(House house, Authority a, Distrust act, Circumstances c) {
    Generation g = a.generation(act.generation());
    if (!g.retrusted()) {
      return refuse(new OriginRefusal.NotRetrusted(a.name(), g.number()));
    }
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("the end of trust in a generation"));
    }
    if (act.elsewhereReplaced() && !g.origin().elsewhere()) {
      return refuse(new OriginRefusal.NothingElsewhere(a.name()));
    }
    Evidence evidence = c.evidence().apply(a.name());
    Gate gate = Gate.against(house, a, g.number(), evidence, c.now());
    Optional<Refusal> closed = whyNot(a, act, gate);
    if (closed.isPresent()) {
      return refuse(closed.get());
    }
    if (g.origin().elsewhere() && !act.elsewhereReplaced()) {
      return refuse(new OriginRefusal.ElsewhereUnknown(a.name(), g.number()));
    }
    StepBreaks breaks =
        Forecast.without(house, a, g.number(), evidence, c.now())
            .orElseThrow()
            .bindingAllBut(Set.copyOf(act.abandon()));
    Optional<Refusal> breaking = breaks.unless(act.breaks());
    if (breaking.isPresent()) {
      return refuse(breaking.get());
    }
    var events = new ArrayList<Event>();
    events.add(
        new GenerationDistrusted(
            a.name(),
            g.number(),
            a.bundle() + 1,
            gate.evidence(evidence, act.abandon(), act.nobody(), breaks.accepted(act.breaks())),
            act.elsewhereReplaced(),
            act.reason(),
            act.by(),
            c.now()));
    KeyEnds.retiring(a, g.number(), c).forEach(events::add);
    return new Decision.Accepted(events, gate.statements());
  }

  private static Optional<Refusal> whyNot(Authority a, Distrust act, Gate gate) {
    Set<ParticipantName> asked =
        gate.answers().stream().map(Gate.Answer::about).collect(Collectors.toSet());
    List<ParticipantName> strangers =
        act.abandon().stream().filter(n -> !asked.contains(n)).toList();
    if (!strangers.isEmpty()) {
      return Optional.of(new Refusal.NotInGate(strangers));
    }
    if (gate.required() == 0 && !act.nobody()) {
      return Optional.of(new OriginRefusal.NobodyPresents(a.name(), act.generation()));
    }
    if (gate.required() > 0 && act.nobody()) {
      return Optional.of(new Refusal.FleetNotEmpty(a.name(), gate.required()));
    }
    List<Gate.Answer> lacking = gate.lacking(Set.copyOf(act.abandon()));
    return lacking.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new OriginRefusal.StillPresented(a.name(), act.generation(), gate.required(), lacking));
  }

  private static Decision onGeneration(
      House house,
      AuthorityName name,
      Seen seen,
      int generation,
      Function<Authority, Decision> decision) {
    Optional<Authority> found = house.authority(name);
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(name));
    }
    Authority a = found.get();
    if (!a.seen().equals(seen)) {
      return refuse(new Refusal.MovedOn(name, seen, a.seen()));
    }
    return a.generations().containsKey(generation)
        ? decision.apply(a)
        : refuse(new OriginRefusal.UnknownGeneration(name, generation));
  }
}
