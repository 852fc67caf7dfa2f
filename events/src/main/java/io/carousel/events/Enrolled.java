package io.carousel.events;

import java.util.List;

/**
 * The answer to a host that is enrolled, now or before.
 *
 * @param memberships what it does, one for each authority
 */
public record Enrolled(ParticipantName participant, List<Membership> memberships) {
  /** Copies. */
  public Enrolled {
    memberships = List.copyOf(memberships);
  }
}
