package io.carousel.orchestrator.documents;

import io.carousel.events.Digest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import java.util.List;
import java.util.Optional;

/** The fleet. */
public record Participants(List<ParticipantLine> participants) {
  /**
   * One member.
   *
   * @param identityKey SHA-256 of the SubjectPublicKeyInfo of its identity key
   * @param token the enrolment token that let it in; absent if an operator did
   */
  public record ParticipantLine(
      ParticipantName name,
      Digest identityKey,
      List<Membership> memberships,
      Optional<EnrolmentTokenId> token) {}
}
