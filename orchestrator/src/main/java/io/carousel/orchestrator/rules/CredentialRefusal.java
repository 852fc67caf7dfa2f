package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.ParticipantName;
import io.carousel.events.Serial;
import io.carousel.events.Suite;
import java.time.Instant;
import java.util.List;

/** What is not done with credentials, CRLs and formats, and why. */
public sealed interface CredentialRefusal extends Refusal {
  /** A CRL that is not what was asked for. */
  record CrlWrong(CommandId command, String why) implements CredentialRefusal {
    @Override
    public String message() {
      return "the CRL for command %s is not what was asked for: %s".formatted(command, why);
    }
  }

  /** Serial numbers of nothing that could be revoked. */
  record NotIssued(AuthorityName authority, List<Serial> serials) implements CredentialRefusal {
    @Override
    public String message() {
      return "authority '%s' has no unexpired credential with the serial number %s; nothing was revoked"
          .formatted(authority, Refusal.few(serials));
    }
  }

  /** All of it is revoked already, or there is nothing. */
  record NothingToRevoke(AuthorityName authority) implements CredentialRefusal {
    @Override
    public String message() {
      return "authority '%s' has no unexpired credential like that which is not revoked already"
          .formatted(authority);
    }
  }

  /** Nothing is withheld from it. */
  record NothingWithheld(ParticipantName participant) implements CredentialRefusal {
    @Override
    public String message() {
      return "participant '%s' gets credentials as it is: none of its was revoked for a cause that bars that"
          .formatted(participant);
    }
  }

  /** More than a CRL has room for. */
  record TooManyRevoked(AuthorityName authority, int atOnce, int inOne)
      implements CredentialRefusal {
    @Override
    public String message() {
      return "at most %d credentials can be revoked at once, and %d of one key; rotate authority '%s' instead, so that its key is trusted no more"
          .formatted(atOnce, inOne, authority);
    }
  }

  /** A format that the authority does not sign. */
  record FormatNotSigned(AuthorityName authority, Format format, List<FormatSuite> signs)
      implements CredentialRefusal {
    @Override
    public String message() {
      return "authority '%s' signs no %s; it signs: %s"
          .formatted(authority, format, Refusal.few(signs));
    }
  }

  /** No verifier takes a JWT-SVID by such a key. */
  record NoSvidSuite(AuthorityName authority, Suite suite) implements CredentialRefusal {
    @Override
    public String message() {
      return "authority '%s' issues SVIDs, and no JWT-SVID is signed with a key of suite %s (JWT-SVID, section 2.1); use jwt=ecdsa-p256"
          .formatted(authority, suite);
    }
  }

  /** It has a trust domain, and nothing that could be an SVID. */
  record NoSvidFormat(AuthorityName authority) implements CredentialRefusal {
    @Override
    public String message() {
      return "authority '%s' shall issue SVIDs, and signs neither X.509 nor JWT; give it one of these formats, or no trust domain"
          .formatted(authority);
    }
  }

  /**
   * Verifiers may not know the new keys yet.
   *
   * @param what waits, as {@link RotationRules#change} calls it
   */
  record PublishedTooLately(String what, Instant opens) implements CredentialRefusal {
    @Override
    public String message() {
      return "%s cannot go on before %s: until then verifiers of tokens may keep the keys they had; ask again then"
          .formatted(what, opens);
    }
  }
}
