package io.carousel.events;

import java.time.Instant;

/**
 * A host asks to be let in. Holds no secret: both keys have signed {@link Statements#enrolment}.
 *
 * @param identityKey the key that it will sign requests and reports by: Ed25519, as
 *     SubjectPublicKeyInfo
 * @param token by which it asks
 * @param time when it asks, by its own clock; too old or too new is refused
 * @param tokenSignature by the token's key
 * @param identitySignature by the identity key
 */
public record EnrolmentRequest(
    ParticipantName participant,
    Bytes identityKey,
    EnrolmentTokenId token,
    Instant time,
    Bytes tokenSignature,
    Bytes identitySignature) {

  /** What both keys sign, in that house. */
  public byte[] statement(HouseId house) {
    return Statements.enrolment(house, participant, identityKey, token, time);
  }
}
