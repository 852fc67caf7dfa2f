package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.FormatSuite;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.RevocationReason;
import io.carousel.events.Seen;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an operator asks for. A field that may be absent may also be left out. */
public sealed interface Wanted {
  /** How a policy says that retired keys are never destroyed. */
  String NEVER = "never";

  /**
   * A new authority.
   *
   * @param formats each with its suite; absent: X.509 with ecdsa-p256
   * @param slots where its keys shall be
   * @param leafLifetime of its credentials; absent: a day
   * @param caLifetime of its CA certificates; absent: ten years
   * @param backdating how far notBefore lies in the past; absent: a minute
   * @param hold from the retirement of a key to its destruction: a duration (ISO 8601) or {@code
   *     never}; absent: a week
   * @param crlLifetime of its CRLs; absent: a week
   * @param distribution the URL of orchestrators that credentials name for CRLs and CA certificates;
   *     absent: they name none
   * @param ssh what OpenSSH user certificates allow; absent: as ssh-keygen does
   */
  record WantedAuthority(
      AuthorityName name,
      Optional<List<FormatSuite>> formats,
      List<SlotName> slots,
      Optional<Duration> leafLifetime,
      Optional<Duration> caLifetime,
      Optional<Duration> backdating,
      Optional<String> hold,
      Optional<Duration> crlLifetime,
      Optional<String> distribution,
      Optional<SshOptions> ssh)
      implements Wanted {}

  /**
   * A rotation.
   *
   * @param formats suites of the successor that are to be others than now
   */
  record WantedRotation(
      Seen seen, Optional<List<FormatSuite>> formats, Optional<String> reason)
      implements Wanted {}

  /**
   * The next phase.
   *
   * @param abandon participants that the gate shall not wait for
   * @param nobody says that the fleet is empty on purpose
   */
  record WantedAdvance(
      Seen seen,
      Optional<List<ParticipantName>> abandon,
      Optional<Boolean> nobody,
      Optional<String> reason)
      implements Wanted {}

  /** The way back. */
  record WantedRollback(Seen seen, String reason) implements Wanted {}

  /**
   * A new member of the fleet, or other roles of one.
   *
   * @param identityKey Ed25519, as SubjectPublicKeyInfo
   */
  record WantedParticipant(
      ParticipantName participant, Bytes identityKey, List<Membership> memberships)
      implements Wanted {}

  /**
   * Credentials to be revoked.
   *
   * @param serials of unexpired credentials
   * @param participant all of whose credentials are revoked
   * @param cause absent: unspecified
   */
  record WantedRevocation(
      Optional<List<Serial>> serials,
      Optional<ParticipantName> participant,
      Optional<RevocationReason> cause,
      String reason)
      implements Wanted {}
}
