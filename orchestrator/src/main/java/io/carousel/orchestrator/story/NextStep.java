package io.carousel.orchestrator.story;

import io.carousel.events.SlotName;
import io.carousel.orchestrator.rules.AttestationRules;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Gate;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Key;
import io.carousel.orchestrator.rules.Phase;
import io.carousel.orchestrator.text.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator of an authority can do next.
 *
 * @param keysMissing whether keys are waited for, before there is any gate
 * @param ready whether an advance would pass the gate as it stands
 * @param advice one sentence, with the command to type where there is one
 */
public record NextStep(boolean keysMissing, boolean ready, String advice) {

  /** Why a gate's answer is not known: the evidence is being read. For programs. */
  public static final String NOT_READ = "not-read";

  /**
   * As its phase and gate stand.
   *
   * @param unread what of the evidence is not read yet; nothing else is advised before it is
   */
  public static NextStep of(House house, Authority authority, Gate gate, Optional<String> unread) {
    NextStep known = of(house, authority, gate);
    return unread.isPresent() && !known.keysMissing()
        ? waiting("Wait: what the fleet has shown is %s.".formatted(unread.get()))
        : known;
  }

  /** As its phase and gate stand, all evidence being read. */
  public static NextStep of(House house, Authority authority, Gate gate) {
    return switch (authority.phase()) {
      case Phase.Creating p -> keysMissing(authority, p.first());
      case Phase.Standby _ when !authority.lost().isEmpty() ->
          waiting(
              "Bring back the worker of %1$s, which counts as lost (see 'carousel slot check'), or let it leave with 'carousel slot leave %1$s %2$s --reason WHY': no rotation starts before."
                  .formatted(authority.lost().getFirst(), authority.name()));
      case Phase.Standby p when authority.generation(p.active()).verifyOnly() ->
          waiting(
              "Enrol the fleet, then move it into the HSM with 'carousel rotation start %s': until then its credentials come from where they came from."
                  .formatted(authority.name()));
      case Phase.Standby _ when retrusted(authority).isPresent() ->
          waiting(
              "Generation %1$d is trusted once more: end that with 'carousel authority distrust %2$s --generation %1$d --reason WHY' when nobody needs it."
                  .formatted(retrusted(authority).get(), authority.name()));
      case Phase.Standby _ ->
          waiting(
              "Start the next rotation with 'carousel rotation start %s' when it is time."
                  .formatted(authority.name()));
      case Phase.Init p when !p.successorTrusted() -> keysMissing(authority, p.successor());
      case Phase.Init p when !AttestationRules.successorNamed(house, authority, p) ->
          waiting(
              "Wait until a key of generation %d has signed who comes after it, for participants who sleep; it is asked for that. See 'carousel slot list' if it takes long."
                  .formatted(p.active()));
      case Phase.Joining p when !p.slotTrusted() -> keysMissing(authority, p.active());
      case Phase.Init _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          atGate(authority, gate);
    };
  }

  private static NextStep atGate(Authority authority, Gate gate) {
    if (gate.opens().isPresent()) {
      return waiting(
          "Wait until %s: verifiers of tokens may keep the keys they have until then."
              .formatted(gate.opens().get()));
    }
    if (gate.required() == 0) {
      return waiting(
          "The gate has nobody to ask: no participant is enrolled whom this step is about. Enrol who is missing, or say 'carousel rotation advance %s --nobody' if nobody is."
              .formatted(authority.name()));
    }
    int lacking = gate.lacking(Set.of()).size();
    if (lacking > 0) {
      return waiting(
          "Wait for %s: running agents follow by themselves. Start the agents of those who are silent, and look at the log of those who fail."
              .formatted(PlainText.count(lacking, "answer")));
    }
    return new NextStep(
        false,
        true,
        losesElsewhere(authority)
            ? "The gate holds: see that what generation %d issued elsewhere is replaced too, then go on with 'carousel rotation advance %s --issued-elsewhere-replaced'."
                .formatted(authority.active(), authority.name())
            : "The gate holds: go on with 'carousel rotation advance %s'."
                .formatted(authority.name()));
  }

  private static boolean losesElsewhere(Authority authority) {
    return authority.phase() instanceof Phase.UpdateServers p
        && authority.generation(p.retiring()).origin().elsewhere();
  }

  private static Optional<Integer> retrusted(Authority authority) {
    return authority.generations().values().stream()
        .filter(Generation::retrusted)
        .map(Generation::number)
        .findFirst();
  }

  private static NextStep keysMissing(Authority authority, int generation) {
    List<Key> missing = authority.missing(generation);
    List<SlotName> outside =
        missing.stream().filter(Key.AwaitingCertificate.class::isInstance).map(Key::slot).toList();
    if (!outside.isEmpty()) {
      return new NextStep(
          true,
          false,
          "Have the external root sign the %s of %s: export %s with 'carousel authority csr %s', and import what it gives with 'carousel authority certificate %s FILE'."
              .formatted(
                  outside.size() == 1 ? "request" : "requests",
                  PlainText.list(outside),
                  outside.size() == 1 ? "it" : "them",
                  authority.name(),
                  authority.name()));
    }
    List<SlotName> stuck =
        missing.stream()
            .filter(k -> k.lastFailure().isPresent())
            .map(Key::slot)
            .distinct()
            .toList();
    return new NextStep(
        true,
        false,
        stuck.isEmpty()
            ? "Wait for the keys of generation %d on %s."
                .formatted(
                    generation, PlainText.list(missing.stream().map(Key::slot).distinct().toList()))
            : "Check the worker of %s: its last attempt at a key failed."
                .formatted(PlainText.list(stuck)));
  }

  private static NextStep waiting(String advice) {
    return new NextStep(false, false, advice);
  }
}
