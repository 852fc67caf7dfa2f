package io.carousel.events;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an operator asks for, through an orchestrator. */
public sealed interface OperatorAct extends Act {

  /** Longest reason, module or custody text; in characters. */
  int TEXT_LIMIT = 1_000;

  /** Who asks: an opaque id, never a person's name. */
  String by();

  /** Makes a slot known to the house. */
  record RegisterSlot(SlotName slot, String module, String custody, String by)
      implements OperatorAct {
    /** Checks the texts. */
    public RegisterSlot {
      checkText("operator's id", by);
      checkText("module", module);
      checkText("custody", custody);
    }
  }

  /** Has a slot's worker look at its token. */
  record InspectSlot(SlotName slot, String by) implements OperatorAct {
    /** Checks the text. */
    public InspectSlot {
      checkText("operator's id", by);
    }
  }

  /** Lets retired keys of a slot be destroyed again, after something strange was found there. */
  record ThawSlot(SlotName slot, String reason, String by) implements OperatorAct {
    /** Checks the texts. */
    public ThawSlot {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /** Lets a process sign records. */
  record EnrolAuthor(
      AuthorName author, AuthorRole role, Optional<SlotName> slot, Bytes publicKey, String by)
      implements OperatorAct {
    /** A worker has a slot, an orchestrator has none. */
    public EnrolAuthor {
      checkText("operator's id", by);
      if ((role == AuthorRole.WORKER) != slot.isPresent()) {
        throw new IllegalArgumentException("a worker has one slot, an orchestrator has none");
      }
    }
  }

  /** Ends that. */
  record RemoveAuthor(AuthorName author, String reason, String by) implements OperatorAct {
    /** Checks the text. */
    public RemoveAuthor {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /** Allows events of a newer level, once every instance supports it. */
  record RaiseFeatureLevel(int level, String by) implements OperatorAct {
    /** Checks the text. */
    public RaiseFeatureLevel {
      checkText("operator's id", by);
    }
  }

  /**
   * Creates an authority and asks for its first keys.
   *
   * @param root who shall sign its CA certificates; empty: each key its own
   * @param origin where they come from
   */
  record CreateAuthority(
      AuthorityName authority,
      List<FormatSuite> formats,
      List<SlotName> slots,
      Policy policy,
      String by,
      Optional<ExternalRoot> root,
      Origin origin)
      implements OperatorAct {
    /**
     * At least one format and one slot, none twice; no certificates but the root's below a root.
     */
    public CreateAuthority {
      checkText("operator's id", by);
      formats = FormatSuite.each(formats);
      slots = List.copyOf(slots);
      if (formats.isEmpty()) {
        throw new IllegalArgumentException("name at least one format and its suite");
      }
      if (slots.isEmpty() || slots.stream().distinct().count() != slots.size()) {
        throw new IllegalArgumentException("name at least one slot, and none of them twice");
      }
      if (root.isPresent()
          && (origin.verifyOnly()
              || origin.adopted().stream().anyMatch(a -> a.certificate().isPresent()))) {
        throw new IllegalArgumentException(
            "an authority below an external root asks that root for its certificates; generate its keys, or adopt them without the certificates that they have");
      }
    }

    /** With keys that are all generated, and sign their own certificates. */
    public CreateAuthority(
        AuthorityName authority,
        List<FormatSuite> formats,
        List<SlotName> slots,
        Policy policy,
        String by) {
      this(authority, formats, slots, policy, by, Optional.empty(), Origin.NEW);
    }

    /** With keys from there, that sign their own certificates. */
    public CreateAuthority(
        AuthorityName authority,
        List<FormatSuite> formats,
        List<SlotName> slots,
        Policy policy,
        String by,
        Origin origin) {
      this(authority, formats, slots, policy, by, Optional.empty(), origin);
    }

    /** With keys that are all generated, below that root if there is one. */
    public CreateAuthority(
        AuthorityName authority,
        List<FormatSuite> formats,
        List<SlotName> slots,
        Policy policy,
        String by,
        Optional<ExternalRoot> root) {
      this(authority, formats, slots, policy, by, root, Origin.NEW);
    }
  }

  /**
   * Changes an authority's policy.
   *
   * @param from as who asks has seen it; if it is another by now, nothing is changed
   */
  record ChangePolicy(AuthorityName authority, Policy from, Policy to, String reason, String by)
      implements OperatorAct {
    /** Checks the texts. */
    public ChangePolicy {
      checkText("reason", reason);
      checkText("operator's id", by);
    }
  }

  /**
   * Starts a rotation.
   *
   * @param formats suites of successor keys that are to be others than now
   */
  record StartRotation(
      AuthorityName authority, Seen seen, List<FormatSuite> formats, String reason, String by)
      implements OperatorAct {
    /** Checks the text; sorts. */
    public StartRotation {
      formats = FormatSuite.each(formats);
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /**
   * Moves a rotation to its next phase; from rollback, back to standby.
   *
   * @param abandon participants that the gate shall not wait for
   * @param nobody says that the fleet is empty on purpose
   * @param elsewhereReplaced says that what the retiring generation issued elsewhere is replaced:
   *     the log cannot know
   * @param breaks participants that the step may break
   */
  record Advance(
      AuthorityName authority,
      Seen seen,
      List<ParticipantName> abandon,
      boolean nobody,
      String reason,
      String by,
      boolean elsewhereReplaced,
      List<ParticipantName> breaks)
      implements OperatorAct {
    /** Checks the text; sorts the names. */
    public Advance {
      checkText("operator's id", by);
      checkText("reason", reason);
      abandon = sorted(abandon);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public Advance(
        AuthorityName authority,
        Seen seen,
        List<ParticipantName> abandon,
        boolean nobody,
        String reason,
        String by,
        boolean elsewhereReplaced) {
      this(authority, seen, abandon, nobody, reason, by, elsewhereReplaced, List.of());
    }

    /** Without a word about what was issued elsewhere. */
    public Advance(
        AuthorityName authority,
        Seen seen,
        List<ParticipantName> abandon,
        boolean nobody,
        String reason,
        String by) {
      this(authority, seen, abandon, nobody, reason, by, false);
    }
  }

  /**
   * Turns a rotation back.
   *
   * @param breaks participants that this may break
   */
  record RollBack(
      AuthorityName authority, Seen seen, String reason, String by, List<ParticipantName> breaks)
      implements OperatorAct {
    /** Checks the text; sorts the names. */
    public RollBack {
      checkText("operator's id", by);
      checkText("reason", reason);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public RollBack(AuthorityName authority, Seen seen, String reason, String by) {
      this(authority, seen, reason, by, List.of());
    }
  }

  /** Has a retired generation trusted once more, while its keys are held. */
  record Retrust(AuthorityName authority, Seen seen, int generation, String reason, String by)
      implements OperatorAct {
    /** Checks the text. */
    public Retrust {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /**
   * Ends that.
   *
   * @param abandon participants that the gate shall not wait for
   * @param nobody says that the fleet is empty on purpose
   * @param elsewhereReplaced says that what the generation issued elsewhere is replaced
   * @param breaks participants that this may break
   */
  record Distrust(
      AuthorityName authority,
      Seen seen,
      int generation,
      List<ParticipantName> abandon,
      boolean nobody,
      boolean elsewhereReplaced,
      String reason,
      String by,
      List<ParticipantName> breaks)
      implements OperatorAct {
    /** Checks the text; sorts the names. */
    public Distrust {
      checkText("operator's id", by);
      checkText("reason", reason);
      abandon = sorted(abandon);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public Distrust(
        AuthorityName authority,
        Seen seen,
        int generation,
        List<ParticipantName> abandon,
        boolean nobody,
        boolean elsewhereReplaced,
        String reason,
        String by) {
      this(authority, seen, generation, abandon, nobody, elsewhereReplaced, reason, by, List.of());
    }
  }

  /**
   * Lets a member in, or changes its roles. The same again changes nothing.
   *
   * @param breaks the member itself, if what it loses may break it
   */
  record EnrolParticipant(
      ParticipantName participant,
      Bytes identityKey,
      List<Membership> memberships,
      String by,
      List<ParticipantName> breaks)
      implements OperatorAct {
    /** At least one membership, one for each authority; sorts the names. */
    public EnrolParticipant {
      checkText("operator's id", by);
      memberships = checkMemberships(memberships);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public EnrolParticipant(
        ParticipantName participant, Bytes identityKey, List<Membership> memberships, String by) {
      this(participant, identityKey, memberships, by, List.of());
    }
  }

  /**
   * Removes a member.
   *
   * @param breaks the member itself, if this may break it
   */
  record RemoveParticipant(
      ParticipantName participant, String reason, String by, List<ParticipantName> breaks)
      implements OperatorAct {
    /** Checks the text; sorts the names. */
    public RemoveParticipant {
      checkText("operator's id", by);
      checkText("reason", reason);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public RemoveParticipant(ParticipantName participant, String reason, String by) {
      this(participant, reason, by, List.of());
    }
  }

  /**
   * Has a member get credentials again, though one of its was revoked for a cause that bars that.
   */
  record ReadmitParticipant(ParticipantName participant, String reason, String by)
      implements OperatorAct {
    /** Checks the texts. */
    public ReadmitParticipant {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /**
   * Lets whoever holds a token's private key enrol hosts. The key was made by who asks.
   *
   * @param publicKey the token's, Ed25519, as SubjectPublicKeyInfo
   * @param names whom it is for
   * @param memberships what whoever it lets in does
   * @param uses how many it lets in
   * @param replace whether it lets in a host whose name is enrolled with another identity key
   * @param life how long it does so, from the moment that this is decided
   */
  record CreateEnrolmentToken(
      Bytes publicKey,
      NamePattern names,
      List<Membership> memberships,
      int uses,
      boolean replace,
      Duration life,
      String by)
      implements OperatorAct {
    /** Checks numbers, and that only one host can be replaced. */
    public CreateEnrolmentToken {
      checkText("operator's id", by);
      memberships = checkMemberships(memberships);
      if (uses < 1 || uses > EnrolmentEvent.MOST_USES) {
        throw new IllegalArgumentException(
            "an enrolment token has 1 to %d uses, not %d"
                .formatted(EnrolmentEvent.MOST_USES, uses));
      }
      if (!life.isPositive() || life.compareTo(EnrolmentEvent.LONGEST) > 0) {
        throw new IllegalArgumentException(
            "an enrolment token lives for up to %d days, not %s"
                .formatted(EnrolmentEvent.LONGEST.toDays(), Span.text(life)));
      }
      if (replace && (!names.isExact() || uses > 1)) {
        throw new IllegalArgumentException(
            "an enrolment token that may replace a host is for one name and one use; '%s' with %d is more"
                .formatted(names, uses));
      }
    }
  }

  /** Ends an enrolment token. Whom it let in stays. */
  record RevokeEnrolmentToken(EnrolmentTokenId token, String reason, String by)
      implements OperatorAct {
    /** Checks the texts. */
    public RevokeEnrolmentToken {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /**
   * Revokes credentials: those with these serial numbers, and all that a participant holds.
   *
   * @param serials of unexpired credentials of the authority
   * @param participant whose credentials are revoked, all of them
   * @param breaks participants that this may break
   */
  record RevokeCredentials(
      AuthorityName authority,
      List<Serial> serials,
      Optional<ParticipantName> participant,
      RevocationReason cause,
      String reason,
      String by,
      List<ParticipantName> breaks)
      implements OperatorAct {
    /** That breaks nobody. */
    public RevokeCredentials(
        AuthorityName authority,
        List<Serial> serials,
        Optional<ParticipantName> participant,
        RevocationReason cause,
        String reason,
        String by) {
      this(authority, serials, participant, cause, reason, by, List.of());
    }

    /** Checks the texts; says something at all. */
    public RevokeCredentials {
      checkText("operator's id", by);
      checkText("reason", reason);
      breaks = sorted(breaks);
      serials = serials.stream().distinct().sorted().toList();
      if (serials.isEmpty() && participant.isEmpty()) {
        throw new IllegalArgumentException("name serial numbers, or a participant");
      }
    }
  }

  /**
   * Brings the certificate that an external root signed for a key.
   *
   * @param certificate DER
   */
  record ImportCaCertificate(AuthorityName authority, Bytes certificate, String by)
      implements OperatorAct {
    /** Checks text and length. */
    public ImportCaCertificate {
      checkText("operator's id", by);
      ExternalRoot.checkCertificate(certificate);
    }
  }

  /** Has a slot sign for an authority too: its keys are made, then trusted, then used. */
  record JoinSlot(AuthorityName authority, Seen seen, SlotName slot, String reason, String by)
      implements OperatorAct {
    /** Checks the texts. */
    public JoinSlot {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /**
   * Has a slot sign no more for an authority.
   *
   * @param breaks participants that this may break
   */
  record LeaveSlot(
      AuthorityName authority,
      Seen seen,
      SlotName slot,
      String reason,
      String by,
      List<ParticipantName> breaks)
      implements OperatorAct {
    /** Checks the texts; sorts the names. */
    public LeaveSlot {
      checkText("operator's id", by);
      checkText("reason", reason);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public LeaveSlot(AuthorityName authority, Seen seen, SlotName slot, String reason, String by) {
      this(authority, seen, slot, reason, by, List.of());
    }
  }

  /**
   * Says that a slot is lost, at least for longer than its CRLs last.
   *
   * @param breaks participants that this may break
   */
  record DeclareSlotLost(SlotName slot, String reason, String by, List<ParticipantName> breaks)
      implements OperatorAct {
    /** Checks the texts; sorts the names. */
    public DeclareSlotLost {
      checkText("operator's id", by);
      checkText("reason", reason);
      breaks = sorted(breaks);
    }

    /** That breaks nobody. */
    public DeclareSlotLost(SlotName slot, String reason, String by) {
      this(slot, reason, by, List.of());
    }
  }

  /**
   * Brings a CRL of an external root.
   *
   * @param crl DER
   */
  record ImportRootCrl(AuthorityName authority, Bytes crl, String by) implements OperatorAct {
    /** Checks text and length. */
    public ImportRootCrl {
      checkText("operator's id", by);
      ExternalRoot.checkCrl(crl);
    }
  }

  /**
   * Brings a CRL of a CA elsewhere, whose certificate the authority has imported.
   *
   * @param crl DER
   */
  record ImportForeignCrl(AuthorityName authority, Bytes crl, String by) implements OperatorAct {
    /** Checks text and length. */
    public ImportForeignCrl {
      checkText("operator's id", by);
      ExternalRoot.checkCrl(crl);
    }
  }

  /**
   * Says from where CRLs of a CA elsewhere are fetched.
   *
   * @param key SHA-256 of the CA's SubjectPublicKeyInfo; empty: the one that was imported
   * @param url http or https, with a host and without a fragment or a password; empty: from nowhere
   */
  record FollowForeignCrl(
      AuthorityName authority, Optional<Digest> key, Optional<String> url, String by)
      implements OperatorAct {
    /** Checks texts and URL. */
    public FollowForeignCrl {
      checkText("operator's id", by);
      url.ifPresent(FollowForeignCrl::check);
    }

    private static void check(String url) {
      checkText("URL", url);
      java.net.URI uri;
      try {
        uri = new java.net.URI(url);
      } catch (java.net.URISyntaxException e) {
        throw new IllegalArgumentException("the CRL's address is no URL: " + e.getMessage(), e);
      }
      boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!known
          || uri.getHost() == null
          || uri.getFragment() != null
          || uri.getUserInfo() != null) {
        throw new IllegalArgumentException(
            "a CRL is fetched from an address as http://host/path or https://host/path, without a password and a fragment");
      }
    }
  }

  /**
   * Tells how fetching the CRL of a CA elsewhere went, where it brought none that is newer.
   *
   * @param key SHA-256 of the CA's SubjectPublicKeyInfo
   * @param trouble why there is none; empty: it can be had, and is the one that is known
   */
  record NoteForeignCrl(AuthorityName authority, Digest key, Optional<String> trouble, String by)
      implements OperatorAct {
    /** Checks the texts. */
    public NoteForeignCrl {
      checkText("operator's id", by);
      trouble.ifPresent(t -> checkText("trouble", t));
    }
  }

  /** Says that a key that signs nothing any more is gone from its token for ever. */
  record DeclareKeyLost(SlotName slot, KeyId key, String reason, String by) implements OperatorAct {
    /** Checks the texts. */
    public DeclareKeyLost {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /**
   * Has the house forget a slot.
   *
   * @param gone says that its token is out of reach for ever
   */
  record RemoveSlot(SlotName slot, boolean gone, String reason, String by) implements OperatorAct {
    /** Checks the texts. */
    public RemoveSlot {
      checkText("operator's id", by);
      checkText("reason", reason);
    }
  }

  /** Sorts them by authority. */
  private static List<Membership> checkMemberships(List<Membership> all) {
    List<Membership> sorted =
        all.stream().sorted(java.util.Comparator.comparing(Membership::authority)).toList();
    if (sorted.isEmpty()
        || sorted.stream().map(Membership::authority).distinct().count() != sorted.size()) {
      throw new IllegalArgumentException(
          "a participant needs at least one authority, and each of them once");
    }
    return sorted;
  }

  private static List<ParticipantName> sorted(List<ParticipantName> names) {
    return names.stream().distinct().sorted().toList();
  }

  private static void checkText(String what, String text) {
    if (!text.equals(Identifier.plain(text, TEXT_LIMIT))) {
      throw new IllegalArgumentException(
          "the %s must be at most %d characters without control characters"
              .formatted(what, TEXT_LIMIT));
    }
  }
}
