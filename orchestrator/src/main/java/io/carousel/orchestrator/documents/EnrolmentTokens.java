package io.carousel.orchestrator.documents;

import io.carousel.events.Bytes;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.ParticipantName;
import io.carousel.events.TokenMisuse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Enrolment tokens that are open, or ended within a day. */
public record EnrolmentTokens(List<TokenLine> tokens) {
  /**
   * One token. Its private key is nowhere here.
   *
   * @param publicKey Ed25519, as SubjectPublicKeyInfo
   * @param names whom it is for
   * @param memberships what whoever it lets in does
   * @param uses how many it lets in
   * @param used how many it has let in
   * @param replace whether it lets in a host whose name is enrolled with another identity key
   * @param by who asked for it
   * @param state {@code open}, {@code used-up}, {@code expired} or {@code revoked}
   * @param end when it lets in nobody any more, or since when it does not
   * @param revoked why it was revoked
   * @param misuses how often somebody who holds its key was turned away; after the first few, only
   *     the counts of refusals go on
   * @param lastMisuse the last of those
   */
  public record TokenLine(
      EnrolmentTokenId id,
      Bytes publicKey,
      NamePattern names,
      List<Membership> memberships,
      int uses,
      int used,
      boolean replace,
      Instant expiresAt,
      String by,
      String state,
      Instant end,
      Optional<Revoked> revoked,
      int misuses,
      Optional<Misuse> lastMisuse) {}

  /** That an operator ended it. */
  public record Revoked(String reason, String by, Instant at) {}

  /** What somebody tried who holds its key. */
  public record Misuse(ParticipantName participant, TokenMisuse why, Instant at) {}
}
