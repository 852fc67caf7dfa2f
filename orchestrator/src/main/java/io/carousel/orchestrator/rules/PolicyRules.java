package io.carousel.orchestrator.rules;

import static io.carousel.orchestrator.rules.Decision.accept;
import static io.carousel.orchestrator.rules.Decision.refuse;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.PolicyChanged;
import io.carousel.events.Event;
import io.carousel.events.FormatSuite;
import io.carousel.events.HouseEvent.WorkerLimitsTooNarrow;
import io.carousel.events.OperatorAct.ChangePolicy;
import io.carousel.events.OperatorAct.CreateAuthority;
import io.carousel.events.Policy;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.events.WorkerAct.TokenInspected;
import io.carousel.events.WorkerLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Policies, held against what slots can carry: a policy beyond what the workers of a slot sign
 * would be refused with each credential, CRL or key.
 */
final class PolicyRules {
  private PolicyRules() {}

  /** Why the workers of one of those slots would refuse what that authority is created for. */
  static Optional<Refusal> beyond(House house, CreateAuthority act) {
    return beyond(house, act.slots(), act.formats(), act.policy())
        .or(() ->
            act.origin().adopted().stream()
                .flatMap(a -> limits(house, a.place().slot()).stream())
                .filter(l -> !l.limits().adopt())
                .<Refusal>map(
                    l -> beyond(l, "it takes up no keys that it did not make ('limits.adopt')"))
                .findFirst());
  }

  /** What a worker last said of itself. */
  private record Told(SlotName slot, AuthorName worker, WorkerLimits limits) {}

  private static Optional<Told> limits(House house, SlotName name) {
    Slot slot = house.slots().get(name);
    return slot == null
        ? Optional.empty()
        : slot.seen().flatMap(i -> i.report().limits().map(l -> new Told(name, i.worker(), l)));
  }

  private static Optional<Refusal> beyond(
      House house, List<SlotName> slots, List<FormatSuite> formats, Policy policy) {
    return slots.stream()
        .flatMap(s -> limits(house, s).stream())
        .flatMap(l -> flaws(l.limits(), formats, policy).map(flaw -> (Refusal) beyond(l, flaw)))
        .findFirst();
  }

  private static SlotRefusal.BeyondLimits beyond(Told told, String flaw) {
    return new SlotRefusal.BeyondLimits(told.slot(), told.worker(), flaw);
  }

  /** Each with the name of the limit, as the worker's configuration has it. */
  private static Stream<String> flaws(
      WorkerLimits limits, List<FormatSuite> formats, Policy policy) {
    Stream<String> lives =
        Stream.of(
                longer(
                    "credentials",
                    policy.leafLifetime().plus(policy.backdating()),
                    limits.leafLifetime(),
                    "leafLifetime"),
                longer(
                    "CA certificates",
                    policy.caLifetime().plus(policy.backdating()),
                    limits.caLifetime(),
                    "caLifetime"),
                longer("backdating", policy.backdating(), limits.backdating(), "backdating"))
            .flatMap(Optional::stream);
    Stream<String> kinds =
        formats.stream()
            .flatMap(f ->
                Stream.of(
                        Optional.of("format %s ('limits.formats')".formatted(f.format()))
                            .filter(_ -> !limits.formats().contains(f.format())),
                        Optional.of("suite %s ('limits.suites')".formatted(f.suite()))
                            .filter(_ -> !limits.suites().contains(f.suite())))
                    .flatMap(Optional::stream))
            .map("it signs nothing of %s"::formatted);
    return Stream.concat(lives, kinds);
  }

  private static Optional<String> longer(
      String what, Duration wanted, Duration limit, String name) {
    return wanted.compareTo(limit) <= 0
        ? Optional.empty()
        : Optional.of(
            "it allows %s %s ('limits.%s'), and %s are needed, backdating included"
                .formatted(what, days(limit), name, days(wanted)));
  }

  /** In the largest unit that says it exactly. */
  private static String days(Duration time) {
    if (time.toSeconds() % 86_400 == 0) {
      return time.toDays() + "d";
    }
    StringBuilder text = new StringBuilder();
    append(text, time.toDays(), "d");
    append(text, time.toHoursPart(), "h");
    append(text, time.toMinutesPart(), "m");
    append(text, time.toSecondsPart(), "s");
    return text.toString();
  }

  private static void append(StringBuilder text, long count, String unit) {
    if (count > 0) {
      text.append(text.isEmpty() ? "" : " ").append(count).append(unit);
    }
  }

  static Decision decide(House house, ChangePolicy act, Circumstances c) {
    Optional<Authority> found = house.authority(act.authority());
    if (found.isEmpty()) {
      return refuse(new Refusal.UnknownAuthority(act.authority()));
    }
    if (act.reason().isBlank()) {
      return refuse(new Refusal.ReasonMissing("a change of policy"));
    }
    Authority a = found.get();
    Policy to = act.to();
    if (!act.from().equals(a.policy())) {
      return refuse(new Refusal.PolicyStale(a.name()));
    }
    if (to.equals(a.policy())) {
      return refuse(new Refusal.PolicyUnchanged(a.name()));
    }
    if (!to.jwksMaxAge().equals(a.policy().jwksMaxAge())
        || !to.ssh().equals(a.policy().ssh())
        || !to.naming().equals(a.policy().naming())) {
      return refuse(
          new Refusal.PolicyFixed(
              a.name(),
              "verifiers rely on how long they may keep its keys, on its names and on its SSH options"));
    }
    boolean weighsOtherwise =
        !to.lease().equals(a.policy().lease())
            || to.trustEvidence() != a.policy().trustEvidence()
            || to.presentsEvidence() != a.policy().presentsEvidence();
    if (weighsOtherwise && !(a.phase() instanceof Phase.Standby)) {
      // No gate is passed by asking less of it while it is closed.
      return refuse(
          new Refusal.PolicyFixed(
              a.name(),
              "lease and evidence change in standby alone: a gate stands by what it began with"));
    }
    Optional<Refusal> beyond = beyond(house, a.slots(), a.generation(a.active()).formats(), to);
    return beyond.isPresent()
        ? refuse(beyond.get())
        : accept(new PolicyChanged(a.name(), to, act.reason(), act.by(), c.now()));
  }

  /** What is beyond what a worker says of itself when it has looked at its token. */
  static List<Event> tooNarrow(House house, TokenInspected act, Circumstances c) {
    Optional<WorkerLimits> limits = Optional.of(act.report()).flatMap(SlotReport::limits);
    return limits.isEmpty()
        ? List.of()
        : house.authorities().values().stream()
            .filter(a -> a.concerns(act.slot()))
            .flatMap(a ->
                flaws(limits.get(), a.formats(), a.policy())
                    .limit(1)
                    .<Event>map(flaw ->
                        new WorkerLimitsTooNarrow(
                            act.slot(), a.name(), c.author().name(), flaw, c.now())))
            .toList();
  }

  /** What is beyond what the workers of its slots last said of themselves, for people. */
  static List<String> warnings(House house, Authority a) {
    return a.slots().stream()
        .flatMap(s -> limits(house, s).stream())
        .flatMap(
            l -> flaws(l.limits(), a.formats(), a.policy()).map(flaw -> beyond(l, flaw).message()))
        .toList();
  }
}
