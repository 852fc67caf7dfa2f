package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Optional;

/**
 * A member of the fleet.
 *
 * @param token the enrolment token that let its identity in; empty if an operator did
 */
public record Participant(
    ParticipantName name,
    Bytes identityKey,
    List<Membership> memberships,
    Optional<EnrolmentTokenId> token) {
  /** Fleets are of few kinds. */
  private static final Shared KINDS = new Shared(1_024);

  /** Copies. */
  public Participant {
    memberships = KINDS.one(List.copyOf(memberships));
  }

  /** What it does for that authority. */
  public Optional<Membership> membership(AuthorityName authority) {
    return memberships.stream().filter(m -> m.authority().equals(authority)).findFirst();
  }
}
