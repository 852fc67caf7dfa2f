package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Optional;

/** A member of the fleet. */
public record Participant(ParticipantName name, Bytes identityKey, List<Membership> memberships) {
  /** Copies. */
  public Participant {
    memberships = List.copyOf(memberships);
  }

  /** What it does for that authority. */
  public Optional<Membership> membership(AuthorityName authority) {
    return memberships.stream().filter(m -> m.authority().equals(authority)).findFirst();
  }
}
