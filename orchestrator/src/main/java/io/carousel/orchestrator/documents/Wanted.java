package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaSubject;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.EvidenceGrade;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.Membership;
import io.carousel.events.NamePattern;
import io.carousel.events.ParticipantName;
import io.carousel.events.PresentationGrade;
import io.carousel.events.RevocationReason;
import io.carousel.events.Role;
import io.carousel.events.RootUse;
import io.carousel.events.Seen;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.SubjectName;
import io.carousel.events.TrustDomain;
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
   * @param distribution the URL of orchestrators that credentials name for CRLs and CA
   *     certificates; absent: they name none
   * @param jwksMaxAge how long verifiers of tokens may keep keys; absent: five minutes
   * @param ssh what OpenSSH user certificates allow; absent: as ssh-keygen does
   * @param lease how long after its last report a participant counts as heard; absent: five minutes
   * @param trustEvidence what the end of init needs to know of who must trust the successor;
   *     absent: the strongest that each can show
   * @param presentsEvidence what gates need to know of who must present a new generation's
   *     credential; absent: the strongest that each can show
   * @param root who signs its CA certificates; absent: each key its own
   * @param adopt keys that are in tokens already; absent: none
   * @param imports public keys of a CA elsewhere, each the text of a file: CA certificates in PEM,
   *     lines of OpenSSH public keys, a JWK, a set of them, or public keys in PEM; absent: none
   * @param subject what its CA certificates are called (RFC 4514), beside generation and slot;
   *     absent: after the authority, of the organisation Carousel
   * @param spiffeTrustDomain whose SVIDs its certificates and tokens are; absent: they are none
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
      Optional<Duration> jwksMaxAge,
      Optional<SshOptions> ssh,
      Optional<Duration> lease,
      Optional<EvidenceGrade> trustEvidence,
      Optional<PresentationGrade> presentsEvidence,
      Optional<WantedRoot> root,
      Optional<List<WantedAdoption>> adopt,
      Optional<List<String>> imports,
      Optional<CaSubject> subject,
      Optional<TrustDomain> spiffeTrustDomain)
      implements Wanted {
    /** With keys that are all generated. */
    public WantedAuthority(
        AuthorityName name,
        Optional<List<FormatSuite>> formats,
        List<SlotName> slots,
        Optional<Duration> leafLifetime,
        Optional<Duration> caLifetime,
        Optional<Duration> backdating,
        Optional<String> hold,
        Optional<Duration> crlLifetime,
        Optional<String> distribution,
        Optional<Duration> jwksMaxAge,
        Optional<SshOptions> ssh) {
      this(
          name,
          formats,
          slots,
          leafLifetime,
          caLifetime,
          backdating,
          hold,
          crlLifetime,
          distribution,
          jwksMaxAge,
          ssh,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * A key that is in a token already.
   *
   * @param place its slot, a slash and its format
   * @param key its CKA_ID, in hex
   * @param certificate the CA certificate that it keeps, DER; absent: it signs a new one
   * @param acceptWeak whether it may be less protected than is asked of keys; absent: no
   * @param crlNumber of its first CRL here, a decimal text; absent: the next after {@code crl}, or
   *     1
   * @param crl the last CRL that it has signed elsewhere, DER: what it lists is revoked here too;
   *     absent: none
   */
  record WantedAdoption(
      KeyPlace place,
      KeyId key,
      Optional<Bytes> certificate,
      Optional<Boolean> acceptWeak,
      Optional<CrlNumber> crlNumber,
      Optional<Bytes> crl)
      implements Wanted {}

  /**
   * An external root.
   *
   * @param certificate DER
   * @param use what verifiers do with it; absent: they pin the CA certificates below it
   */
  record WantedRoot(Bytes certificate, Optional<RootUse> use) implements Wanted {}

  /**
   * A certificate that an external root signed.
   *
   * @param certificate DER
   */
  record WantedCaCertificate(Bytes certificate) implements Wanted {}

  /**
   * A CRL of an external root.
   *
   * @param crl DER
   */
  record WantedRootCrl(Bytes crl) implements Wanted {}

  /**
   * A CRL of a CA elsewhere.
   *
   * @param crl DER
   */
  record WantedForeignCrl(Bytes crl) implements Wanted {}

  /**
   * From where CRLs of a CA elsewhere are fetched.
   *
   * @param key SHA-256 of its SubjectPublicKeyInfo; absent: the one that was imported
   * @param url absent: from nowhere
   */
  record WantedForeignCrlSource(Optional<Digest> key, Optional<String> url) implements Wanted {}

  /** That a key is gone from its token. */
  record WantedKeyLoss(String reason) implements Wanted {}

  /**
   * A rotation.
   *
   * @param formats suites of the successor that are to be others than now
   */
  record WantedRotation(Seen seen, Optional<List<FormatSuite>> formats, Optional<String> reason)
      implements Wanted {}

  /**
   * The next phase.
   *
   * @param abandon participants that the gate shall not wait for
   * @param nobody says that nobody is missing, where the gate has nobody to ask
   * @param elsewhereReplaced says that what the retiring generation issued elsewhere is replaced
   * @param breaks participants that the step may break; absent: none
   */
  record WantedAdvance(
      Seen seen,
      Optional<List<ParticipantName>> abandon,
      Optional<Boolean> nobody,
      Optional<String> reason,
      Optional<Boolean> elsewhereReplaced,
      Optional<List<ParticipantName>> breaks)
      implements Wanted {
    /** Without a word about what was issued elsewhere, that breaks nobody. */
    public WantedAdvance(
        Seen seen,
        Optional<List<ParticipantName>> abandon,
        Optional<Boolean> nobody,
        Optional<String> reason) {
      this(seen, abandon, nobody, reason, Optional.empty(), Optional.empty());
    }
  }

  /**
   * A change of policy; what is left out stays as it is.
   *
   * @param hold an ISO duration or {@code never}
   * @param distribution a URL; an empty text: none
   */
  record WantedPolicy(
      String reason,
      Optional<Duration> leafLifetime,
      Optional<Duration> caLifetime,
      Optional<Duration> backdating,
      Optional<String> hold,
      Optional<Duration> crlLifetime,
      Optional<String> distribution,
      Optional<Duration> lease,
      Optional<EvidenceGrade> trustEvidence,
      Optional<PresentationGrade> presentsEvidence)
      implements Wanted {}

  /** Trust in a retired generation once more. */
  record WantedRetrust(Seen seen, String reason) implements Wanted {}

  /**
   * The end of that.
   *
   * @param abandon participants that the gate shall not wait for
   * @param nobody says that nobody is missing, where the gate has nobody to ask
   * @param elsewhereReplaced says that what the generation issued elsewhere is replaced
   * @param breaks participants that this may break; absent: none
   */
  record WantedDistrust(
      Seen seen,
      Optional<List<ParticipantName>> abandon,
      Optional<Boolean> nobody,
      Optional<Boolean> elsewhereReplaced,
      String reason,
      Optional<List<ParticipantName>> breaks)
      implements Wanted {}

  /**
   * The way back.
   *
   * @param breaks participants that this may break; absent: none
   */
  record WantedRollback(Seen seen, String reason, Optional<List<ParticipantName>> breaks)
      implements Wanted {
    /** That breaks nobody. */
    public WantedRollback(Seen seen, String reason) {
      this(seen, reason, Optional.empty());
    }
  }

  /**
   * A new member of the fleet, or other roles of one.
   *
   * @param identityKey Ed25519, as SubjectPublicKeyInfo
   * @param breaks itself, if it was heard lately and shall do less from now on
   */
  record WantedParticipant(
      ParticipantName participant,
      Bytes identityKey,
      List<WantedMembership> memberships,
      Optional<List<ParticipantName>> breaks)
      implements Wanted {
    /** One that is new, or loses no role. */
    public WantedParticipant(
        ParticipantName participant, Bytes identityKey, List<WantedMembership> memberships) {
      this(participant, identityKey, memberships, Optional.empty());
    }
  }

  /** That a participant gets credentials again. */
  record WantedReadmission(String reason) implements Wanted {}

  /**
   * What it does for one authority.
   *
   * @param formats in which it presents and verifies; absent: X.509
   * @param names that its credentials may hold beside its own; absent: none
   */
  record WantedMembership(
      AuthorityName authority,
      List<Role> roles,
      Optional<List<Format>> formats,
      Optional<List<SubjectName>> names)
      implements Wanted {
    /** To ask for that. */
    public static WantedMembership of(Membership m) {
      return new WantedMembership(
          m.authority(), m.roles(), Optional.of(m.formats()), Optional.of(m.names()));
    }

    /** With what is left out. */
    public Membership membership() {
      return new Membership(
          authority, roles, formats.orElse(List.of(Format.X509)), names.orElse(List.of()));
    }
  }

  /**
   * A new enrolment token, whose private key stays with who asks.
   *
   * @param publicKey Ed25519, as SubjectPublicKeyInfo
   * @param names whom it is for: a name, or with one asterisk a pattern
   * @param memberships what whoever it lets in does
   * @param uses how many it lets in; absent: one
   * @param replace whether it lets in a host whose name is enrolled with another identity key, for
   *     one exact name and one use; absent: it does not
   * @param life how long it does so
   */
  record WantedEnrolmentToken(
      Bytes publicKey,
      NamePattern names,
      List<WantedMembership> memberships,
      Optional<Integer> uses,
      Optional<Boolean> replace,
      Duration life)
      implements Wanted {}

  /**
   * Credentials to be revoked.
   *
   * @param serials of unexpired credentials
   * @param participant all of whose credentials are revoked
   * @param cause absent: unspecified
   * @param breaks participants that this may break; absent: none
   */
  record WantedRevocation(
      Optional<List<Serial>> serials,
      Optional<ParticipantName> participant,
      Optional<RevocationReason> cause,
      String reason,
      Optional<List<ParticipantName>> breaks)
      implements Wanted {}

  /**
   * A new slot.
   *
   * @param module the PKCS#11 library that reaches it, as its workers know it
   * @param custody who holds its PIN, where its replicas and backups are
   */
  record WantedSlot(SlotName name, String module, String custody) implements Wanted {}

  /** The end of a slot's freeze. */
  record WantedThaw(String reason) implements Wanted {}

  /**
   * A process that may sign records.
   *
   * @param slot of a worker; absent for an orchestrator
   * @param publicKey Ed25519, as SubjectPublicKeyInfo
   */
  record WantedAuthor(AuthorName author, AuthorRole role, Optional<SlotName> slot, Bytes publicKey)
      implements Wanted {}

  /** A slot that is to join an authority. */
  record WantedJoin(Seen seen, SlotName slot, Optional<String> reason) implements Wanted {}

  /**
   * A slot that is to leave an authority.
   *
   * @param breaks participants that this may break; absent: none
   */
  record WantedLeave(Seen seen, String reason, Optional<List<ParticipantName>> breaks)
      implements Wanted {
    /** That breaks nobody. */
    public WantedLeave(Seen seen, String reason) {
      this(seen, reason, Optional.empty());
    }
  }

  /**
   * That a slot is lost.
   *
   * @param breaks participants that this may break; absent: none
   */
  record WantedLoss(String reason, Optional<List<ParticipantName>> breaks) implements Wanted {
    /** That breaks nobody. */
    public WantedLoss(String reason) {
      this(reason, Optional.empty());
    }
  }

  /**
   * That the house shall forget a slot.
   *
   * @param gone says that its token is out of reach for ever; absent: it is not
   */
  record WantedRemoval(String reason, Optional<Boolean> gone) implements Wanted {}
}
