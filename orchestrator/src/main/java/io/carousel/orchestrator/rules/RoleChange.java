package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Membership;
import io.carousel.events.OperatorAct.EnrolParticipant;
import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a member will not do any more once it is enrolled with other roles. Gates and forecasts ask
 * it about that no more, so whoever is at work must be named.
 *
 * @param lost the authorities for which it does less
 */
public record RoleChange(ParticipantName participant, List<AuthorityName> lost) {
  /** Keeps a copy of the list. */
  public RoleChange {
    lost = List.copyOf(lost);
  }

  /** By that act; of somebody new, or with more to do, nothing is lost. */
  public static RoleChange of(House house, EnrolParticipant act) {
    List<Membership> before =
        house.participant(act.participant()).map(Participant::memberships).orElse(List.of());
    return new RoleChange(
        act.participant(),
        before.stream()
            .filter(m -> isLess(m, act.memberships()))
            .map(Membership::authority)
            .toList());
  }

  private static boolean isLess(Membership before, List<Membership> after) {
    Optional<Membership> same =
        after.stream().filter(m -> m.authority().equals(before.authority())).findFirst();
    return same.filter(
            m -> m.roles().containsAll(before.roles()) && m.formats().containsAll(before.formats()))
        .isEmpty();
  }

  /** Whether whom it breaks must be looked up in what the fleet has shown. */
  public boolean restsOnEvidence() {
    return !lost.isEmpty();
  }

  StepBreaks breaks(House house, Circumstances c) {
    List<AuthorityName> heard =
        lost.stream()
            .flatMap(name -> house.authority(name).stream())
            .filter(a -> c.evidence().apply(a.name()).isHeard(participant, a.policy().lease()))
            .map(Authority::name)
            .toList();
    String step = participant + " is enrolled with fewer roles or formats";
    return heard.isEmpty()
        ? StepBreaks.none(step)
        : StepBreaks.of(
            step,
            Map.of(
                participant,
                "was heard within its lease, and no gate and no forecast would count any more what it does for %s"
                    .formatted(Refusal.few(heard))));
  }
}
