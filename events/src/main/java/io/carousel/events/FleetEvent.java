package io.carousel.events;

import java.time.Instant;
import java.util.List;

/** Who belongs to the fleet. */
public sealed interface FleetEvent extends Event {

  /** Who. */
  ParticipantName participant();

  /**
   * A member joined, or its roles changed.
   *
   * @param identityKey the key that signs its requests and reports: Ed25519, as
   *     SubjectPublicKeyInfo; not a key of any credential
   * @param memberships one for each authority, in order of their names
   */
  record ParticipantEnrolled(
      ParticipantName participant,
      Bytes identityKey,
      List<Membership> memberships,
      String by,
      Instant at)
      implements FleetEvent {
    /** Copies. */
    public ParticipantEnrolled {
      memberships = List.copyOf(memberships);
    }
  }

  /** A member left; gates no longer wait for it, and what it holds must expire or be abandoned. */
  record ParticipantRemoved(ParticipantName participant, String reason, String by, Instant at)
      implements FleetEvent {}
}
