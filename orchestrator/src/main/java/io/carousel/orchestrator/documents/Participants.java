package io.carousel.orchestrator.documents;

import io.carousel.events.Digest;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import java.util.List;

/** The fleet. */
public record Participants(List<ParticipantLine> participants) {
  /**
   * One member.
   *
   * @param identityKey SHA-256 of the SubjectPublicKeyInfo of its identity key
   */
  public record ParticipantLine(
      ParticipantName name, Digest identityKey, List<Membership> memberships) {}
}
