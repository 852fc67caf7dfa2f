package io.carousel.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
   * @param breaks the member, if it was heard lately and does less from now on, as the operator
   *     accepted by name
   */
  record ParticipantEnrolled(
      ParticipantName participant,
      Bytes identityKey,
      List<Membership> memberships,
      String by,
      Instant at,
      List<Breakage> breaks)
      implements FleetEvent {
    /** Copies. */
    public ParticipantEnrolled {
      memberships = List.copyOf(memberships);
      breaks = List.copyOf(breaks);
    }

    /** That breaks nobody. */
    public ParticipantEnrolled(
        ParticipantName participant,
        Bytes identityKey,
        List<Membership> memberships,
        String by,
        Instant at) {
      this(participant, identityKey, memberships, by, at, List.of());
    }
  }

  /**
   * A host joined by an enrolment token. Anybody who reads this can check both signatures.
   *
   * @param request what it asked, signed by the token's key and by its own
   * @param tokenKey the token's, Ed25519, as SubjectPublicKeyInfo
   * @param memberships as the token says
   * @param replaced SHA-256 of the identity key that the name had until now; what that host still
   *     holds must expire, be revoked or be abandoned
   */
  record ParticipantEnrolledByToken(
      EnrolmentRequest request,
      Bytes tokenKey,
      List<Membership> memberships,
      Optional<Digest> replaced,
      Instant at)
      implements FleetEvent {
    /** Copies. */
    public ParticipantEnrolledByToken {
      memberships = List.copyOf(memberships);
    }

    @Override
    public ParticipantName participant() {
      return request.participant();
    }
  }

  /**
   * A member left; gates no longer wait for it, and what it holds must expire or be abandoned.
   *
   * @param breaks the member, if it was heard lately, as the operator accepted by name
   * @param barred the open enrolment tokens that are for its name: from now on none of them lets in
   *     anybody under it; sorted
   */
  record ParticipantRemoved(
      ParticipantName participant,
      String reason,
      String by,
      Instant at,
      List<Breakage> breaks,
      List<EnrolmentTokenId> barred)
      implements FleetEvent {
    /** Copies. */
    public ParticipantRemoved {
      breaks = List.copyOf(breaks);
      barred = barred.stream().distinct().sorted().toList();
    }

    /** That breaks nobody, and for whose name no token is open. */
    public ParticipantRemoved(ParticipantName participant, String reason, String by, Instant at) {
      this(participant, reason, by, at, List.of(), List.of());
    }
  }

  /**
   * A member gets credentials again, though one of its was revoked for a cause that bars that.
   *
   * @param identity SHA-256 of its identity key
   */
  record ParticipantReadmitted(
      ParticipantName participant, Digest identity, String reason, String by, Instant at)
      implements FleetEvent {}
}
