package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.events.RevokedCredential;
import io.carousel.events.Serial;
import java.time.Instant;

/**
 * That an identity gets no more credentials of an authority, because one of its was revoked for a
 * cause after which it may have no other. It ends for an operator's word, and does not concern who
 * is enrolled under the same name with a new identity key.
 *
 * @param identity SHA-256 of the identity key that asked for what was revoked
 * @param serial of what was revoked
 */
public record Withheld(
    ParticipantName participant,
    Digest identity,
    AuthorityName authority,
    Serial serial,
    RevocationReason cause,
    Instant since) {

  static Withheld of(
      AuthorityName authority, RevokedCredential c, RevocationReason cause, Instant since) {
    return new Withheld(c.holder(), c.identity(), authority, c.serial(), cause, since);
  }

  /** Where the state keeps it. */
  static String key(Digest identity, AuthorityName authority) {
    return identity + "/" + authority;
  }

  String key() {
    return key(identity, authority);
  }

  /** Why, and what to do next; for people. */
  public String text() {
    return "participant '%1$s' gets no credential: credential %2$s of authority '%3$s' was revoked at %4$s for %5$s; enrol the host again with a new identity key ('carousel fleet token create' with --name %1$s --replace), or let it in again as it is with 'carousel fleet readmit %1$s --reason WHY'"
        .formatted(participant, serial, authority, since, cause);
  }
}
