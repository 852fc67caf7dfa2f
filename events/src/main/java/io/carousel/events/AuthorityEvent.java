package io.carousel.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened to one certificate authority. */
public sealed interface AuthorityEvent extends Event {

  /** Which. */
  AuthorityName authority();

  /**
   * An authority exists; the keys of its generation 1 are asked for next, unless it is verify-only.
   *
   * @param root who signs its CA certificates; empty: each key its own
   * @param origin where the keys of generation 1 come from
   */
  record AuthorityCreated(
      AuthorityName authority,
      List<FormatSuite> formats,
      List<SlotName> slots,
      Policy policy,
      String by,
      Instant at,
      Optional<ExternalRoot> root,
      Origin origin)
      implements AuthorityEvent {
    /** Copies. */
    public AuthorityCreated {
      formats = FormatSuite.each(formats);
      slots = List.copyOf(slots);
    }

    /** With keys that are all generated, and sign their own certificates. */
    public AuthorityCreated(
        AuthorityName authority,
        List<FormatSuite> formats,
        List<SlotName> slots,
        Policy policy,
        String by,
        Instant at) {
      this(authority, formats, slots, policy, by, at, Optional.empty(), Origin.NEW);
    }
  }

  /** A key is wanted; the command is given to the slot's workers until it is answered. */
  record KeyRequested(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      Suite suite,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A key that is in the token already is wanted; the command is given to the slot's workers until
   * it is answered.
   *
   * @param key its CKA_ID
   * @param acceptWeak whether it may be less protected than is asked of keys
   */
  record KeyAdoptionRequested(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      Suite suite,
      KeyId key,
      boolean acceptWeak,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A worker answered a key command with a key that itself proves to be there; what becomes of it
   * is said next.
   *
   * @param publicKey SubjectPublicKeyInfo
   * @param origin whether it was generated for the command, or found
   * @param weaker in what it is less protected than is asked of keys, in words
   * @param possession signature by the key over {@link Statements#possessionOfKey}
   */
  record KeyShown(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      KeyId key,
      Bytes publicKey,
      KeyOrigin origin,
      List<String> weaker,
      Bytes possession,
      AuthorName worker,
      Instant at)
      implements AuthorityEvent {
    /** Copies. */
    public KeyShown {
      weaker = List.copyOf(weaker);
    }
  }

  /**
   * The first key shown for a key command: this key, and no other, is the one of its generation and
   * slot.
   *
   * @param publicKey SubjectPublicKeyInfo
   */
  record KeyAdopted(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      KeyId key,
      Bytes publicKey,
      AuthorName worker,
      Instant at)
      implements AuthorityEvent {}

  /** A later answer with another key, as when two workers both acted; it will be destroyed. */
  record SurplusKeyFound(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      KeyId key,
      Bytes publicKey,
      AuthorName worker,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A worker could not do what a key command asks, or nobody could and it went to the dead letters.
   * The command stands and is given out again.
   *
   * @param lasting whether trying again is thought useless
   */
  record KeyCommandFailed(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      String code,
      String detail,
      boolean lasting,
      Instant at)
      implements AuthorityEvent {}

  /** An adopted key is to sign its own CA certificate. */
  record CaCertificateRequested(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      CaDraft draft,
      Instant at)
      implements AuthorityEvent {}

  /**
   * The certificate of one key.
   *
   * @param certificate DER
   */
  record CaCertificateIssued(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      Bytes certificate,
      Instant at)
      implements AuthorityEvent {}

  /**
   * An adopted key is to sign a request to the external root.
   *
   * @param subject distinguished name (RFC 4514), its own for each generation and slot
   */
  record CaRequestWanted(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      String subject,
      Instant at)
      implements AuthorityEvent {}

  /**
   * The request of one key, with which the external root is to be asked for its certificate.
   *
   * @param request PKCS#10, DER
   */
  record CaRequestIssued(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      Bytes request,
      Instant at)
      implements AuthorityEvent {}

  /**
   * The certificate of one key, signed by the external root.
   *
   * @param command that asked for its request
   * @param certificate DER
   */
  record CaCertificateImported(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      Bytes certificate,
      Serial serial,
      Instant notAfter,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * What the external root revokes.
   *
   * @param bundle the number of the trust bundle that holds it first; 0 before there is any
   * @param number as it says; empty if it has none
   * @param crl DER
   */
  record RootCrlImported(
      AuthorityName authority,
      long bundle,
      Optional<CrlNumber> number,
      Instant thisUpdate,
      Instant nextUpdate,
      Bytes crl,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * What a CA elsewhere revokes, whose certificate was imported.
   *
   * @param key SHA-256 of the CA's SubjectPublicKeyInfo
   * @param number as it says; empty if it has none
   * @param crl DER
   */
  record ForeignCrlImported(
      AuthorityName authority,
      int generation,
      Digest key,
      Optional<CrlNumber> number,
      Instant thisUpdate,
      Instant nextUpdate,
      Bytes crl,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * From where the CRLs of a CA elsewhere are fetched from now on.
   *
   * @param key SHA-256 of the CA's SubjectPublicKeyInfo
   * @param url empty: they are brought by hand
   */
  record ForeignCrlFollowed(
      AuthorityName authority,
      int generation,
      Digest key,
      Optional<String> url,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * Whether the CRL of a CA elsewhere can be fetched, where that has changed.
   *
   * @param key SHA-256 of the CA's SubjectPublicKeyInfo
   * @param trouble why it can not; empty if it can again
   */
  record ForeignCrlFetchChanged(
      AuthorityName authority, int generation, Digest key, Optional<String> trouble, Instant at)
      implements AuthorityEvent {}

  /**
   * An operator has said that a key that signs nothing any more is gone for ever; its id never
   * comes back.
   */
  record KeyDeclaredLost(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      KeyId key,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * An adopted key keeps the CA certificate that verifiers know it by.
   *
   * @param command that asked for the key
   * @param certificate DER
   */
  record CaCertificateAdopted(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      Bytes certificate,
      Instant at)
      implements AuthorityEvent {}

  /** A key is to sign its next CRL: its first, one that renews the last, or one that adds to it. */
  record CrlRequested(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      CrlDraft draft,
      Instant at)
      implements AuthorityEvent {}

  /**
   * The CRL of one key.
   *
   * @param crl DER
   */
  record CrlIssued(
      AuthorityName authority,
      int generation,
      SlotName slot,
      CommandId command,
      CrlNumber number,
      Instant nextUpdate,
      Bytes crl,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A key of the built-in authority is to sign what verifiers of an authority are to trust.
   *
   * @param generation of the built-in authority, whose key in that slot signs
   */
  record BundleSignatureRequested(
      TrustStatement statement, int generation, SlotName slot, CommandId command, Instant at)
      implements AuthorityEvent {
    @Override
    public AuthorityName authority() {
      return statement.authority();
    }
  }

  /**
   * What verifiers of an authority are to trust was signed by a key of the built-in authority.
   *
   * @param publicKey SubjectPublicKeyInfo of the key that signed
   * @param signature over {@link Statements#bundle}
   */
  record BundleSigned(
      TrustStatement statement,
      int generation,
      SlotName slot,
      CommandId command,
      Bytes publicKey,
      Bytes signature,
      Instant at)
      implements AuthorityEvent {
    @Override
    public AuthorityName authority() {
      return statement.authority();
    }
  }

  /**
   * Credentials are not to be accepted any more; CRLs and KRLs say so next.
   *
   * @param breaks who presents one of them, as the operator accepted by name
   */
  record CredentialsRevoked(
      AuthorityName authority,
      List<RevokedCredential> credentials,
      RevocationReason cause,
      String reason,
      String by,
      Instant at,
      List<Breakage> breaks)
      implements AuthorityEvent {
    /** Copies. */
    public CredentialsRevoked {
      credentials = List.copyOf(credentials);
      breaks = List.copyOf(breaks);
    }

    /** Of which nobody presents one. */
    public CredentialsRevoked(
        AuthorityName authority,
        List<RevokedCredential> credentials,
        RevocationReason cause,
        String reason,
        String by,
        Instant at) {
      this(authority, credentials, cause, reason, by, at, List.of());
    }
  }

  /** An authority signs by another policy from here on; what was signed before stays as it is. */
  record PolicyChanged(AuthorityName authority, Policy policy, String reason, String by, Instant at)
      implements AuthorityEvent {}

  /**
   * Generation 1 has all its keys; the authority signs from now on.
   *
   * @param bundle the number of the trust bundle that holds it
   */
  record AuthorityOpened(AuthorityName authority, int generation, long bundle, Instant at)
      implements AuthorityEvent {}

  /**
   * A key has come to its next stage.
   *
   * @param until the end of its hold; empty for other stages, and if it is held for ever
   */
  record KeyStageReached(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      KeyId key,
      KeyStage stage,
      Optional<Instant> until,
      Instant at)
      implements AuthorityEvent {}

  /** A rotation began: phase init. */
  record RotationStarted(
      AuthorityName authority,
      RotationId rotation,
      int retiring,
      int successor,
      List<FormatSuite> formats,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {
    /** Sorts. */
    public RotationStarted {
      formats = FormatSuite.each(formats);
    }
  }

  /** Every successor key is there: from this bundle on verifiers trust both generations. */
  record TrustExtended(AuthorityName authority, RotationId rotation, long bundle, Instant at)
      implements AuthorityEvent {}

  /** Phase update-clients began. */
  record ClientsUpdating(
      AuthorityName authority,
      RotationId rotation,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /** Phase update-servers began. */
  record ServersUpdating(
      AuthorityName authority,
      RotationId rotation,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * Standby on the successor; from this bundle on nobody need trust the retired generation.
   *
   * @param elsewhereReplaced whether an operator said that what the retired generation issued
   *     elsewhere, of which the log knows nothing, is replaced too
   */
  record RotationCompleted(
      AuthorityName authority,
      RotationId rotation,
      long bundle,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at,
      boolean elsewhereReplaced)
      implements AuthorityEvent {
    /** Of a generation that issued nothing elsewhere. */
    public RotationCompleted(
        AuthorityName authority,
        RotationId rotation,
        long bundle,
        GateEvidence evidence,
        String reason,
        String by,
        Instant at) {
      this(authority, rotation, bundle, evidence, reason, by, at, false);
    }
  }

  /**
   * Phase rollback began.
   *
   * @param breaks whom it breaks, as the operator accepted by name
   */
  record RollbackStarted(
      AuthorityName authority,
      RotationId rotation,
      PhaseName from,
      String reason,
      String by,
      Instant at,
      List<Breakage> breaks)
      implements AuthorityEvent {
    /** Copies. */
    public RollbackStarted {
      breaks = List.copyOf(breaks);
    }

    /** That breaks nobody. */
    public RollbackStarted(
        AuthorityName authority,
        RotationId rotation,
        PhaseName from,
        String reason,
        String by,
        Instant at) {
      this(authority, rotation, from, reason, by, at, List.of());
    }
  }

  /** Standby again on the generation that was to retire; the successor is retired instead. */
  record RolledBack(
      AuthorityName authority,
      RotationId rotation,
      long bundle,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A retired generation is trusted once more, from this bundle on. It signs nothing but its CRLs.
   */
  record GenerationRetrusted(
      AuthorityName authority, int generation, long bundle, String reason, String by, Instant at)
      implements AuthorityEvent {}

  /**
   * That is over: from this bundle on nobody need trust it.
   *
   * @param elsewhereReplaced whether an operator said that what it issued elsewhere is replaced too
   */
  record GenerationDistrusted(
      AuthorityName authority,
      int generation,
      long bundle,
      GateEvidence evidence,
      boolean elsewhereReplaced,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A slot is to sign for the authority too: its keys of the generation in use are asked for next.
   */
  record SlotJoining(
      AuthorityName authority, SlotName slot, int generation, String reason, String by, Instant at)
      implements AuthorityEvent {}

  /** Every key of a joining slot is there: from this bundle on verifiers trust them. */
  record SlotTrusted(AuthorityName authority, SlotName slot, long bundle, Instant at)
      implements AuthorityEvent {}

  /** Standby again: a slot that was joining signs from here on. */
  record SlotJoined(
      AuthorityName authority,
      SlotName slot,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A slot does not join after all; its keys never signed a credential, and are retired.
   *
   * @param bundle the number of the trust bundle without them; as before if none held them
   */
  record SlotJoinCancelled(
      AuthorityName authority, SlotName slot, long bundle, String reason, String by, Instant at)
      implements AuthorityEvent {}

  /**
   * A slot signs no more new credentials of the authority; those that it signed are replaced.
   *
   * @param breaks whom it breaks, as the operator accepted by name
   */
  record SlotLeaving(
      AuthorityName authority,
      SlotName slot,
      String reason,
      String by,
      Instant at,
      List<Breakage> breaks)
      implements AuthorityEvent {
    /** Copies. */
    public SlotLeaving {
      breaks = List.copyOf(breaks);
    }

    /** That breaks nobody. */
    public SlotLeaving(
        AuthorityName authority, SlotName slot, String reason, String by, Instant at) {
      this(authority, slot, reason, by, at, List.of());
    }
  }

  /** Standby on the other slots; from this bundle on nobody need trust the keys of that slot. */
  record SlotLeft(
      AuthorityName authority,
      SlotName slot,
      long bundle,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /** A slot does not leave after all, and signs again. */
  record SlotLeaveCancelled(
      AuthorityName authority, SlotName slot, String reason, String by, Instant at)
      implements AuthorityEvent {}

  /** A key is to be destroyed, on this exact id and public key. */
  record KeyDestructionRequested(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      KeyId key,
      Bytes publicKey,
      String reason,
      Instant at)
      implements AuthorityEvent {}

  /**
   * A key is gone for ever; its id never comes back.
   *
   * @param worker who destroyed it; empty if it was already gone when its worker looked
   */
  record KeyDestroyed(
      AuthorityName authority,
      int generation,
      SlotName slot,
      Format format,
      CommandId command,
      KeyId key,
      Optional<AuthorName> worker,
      Instant at)
      implements AuthorityEvent {}
}
