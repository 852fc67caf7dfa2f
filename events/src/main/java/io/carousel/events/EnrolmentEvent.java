package io.carousel.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What became of enrolment tokens; whom they let in, {@link FleetEvent} says. */
public sealed interface EnrolmentEvent extends Event {
  /** Most uses of one token. */
  int MOST_USES = 1_000;

  /** Longest life of a token. */
  Duration LONGEST = Duration.ofDays(30);

  /** Which. */
  EnrolmentTokenId token();

  /**
   * Who holds a token's private key may enrol hosts from here on.
   *
   * @param publicKey the token's, Ed25519, as SubjectPublicKeyInfo: that is all the house ever has
   *     of it
   * @param names whom it is for
   * @param memberships what whoever it lets in does, one for each authority
   * @param uses how many it lets in
   * @param replace whether it lets in a host whose name is enrolled with another identity key
   * @param expiresAt from this moment on it lets in nobody
   */
  record EnrolmentTokenCreated(
      EnrolmentTokenId token,
      Bytes publicKey,
      NamePattern names,
      List<Membership> memberships,
      int uses,
      boolean replace,
      Instant expiresAt,
      String by,
      Instant at)
      implements EnrolmentEvent {
    /** Copies. */
    public EnrolmentTokenCreated {
      memberships = List.copyOf(memberships);
    }
  }

  /** It lets in nobody any more. */
  record EnrolmentTokenRevoked(EnrolmentTokenId token, String reason, String by, Instant at)
      implements EnrolmentEvent {}

  /**
   * Somebody who holds its key was turned away. Written the first few times for each token; after
   * that, orchestrators only count.
   *
   * @param participant as whom
   * @param identityKey SHA-256 of the SubjectPublicKeyInfo of the identity key that was brought
   * @param why what was tried
   */
  record EnrolmentTokenMisused(
      EnrolmentTokenId token,
      ParticipantName participant,
      Digest identityKey,
      TokenMisuse why,
      Instant at)
      implements EnrolmentEvent {}
}
