package io.carousel.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened to one certificate authority. */
public sealed interface AuthorityEvent extends Event {

  /** Which. */
  AuthorityName authority();

  /** An authority exists; the keys of its generation 1 are asked for next. */
  record AuthorityCreated(
      AuthorityName authority,
      List<FormatSuite> formats,
      List<SlotName> slots,
      Policy policy,
      String by,
      Instant at)
      implements AuthorityEvent {
    /** Copies. */
    public AuthorityCreated {
      formats = FormatSuite.each(formats);
      slots = List.copyOf(slots);
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
   * The first answer to a key command: this key, and no other, is the one of its generation and
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
      long number,
      Instant nextUpdate,
      Bytes crl,
      Instant at)
      implements AuthorityEvent {}

  /** Credentials are not to be accepted any more; CRLs and KRLs say so next. */
  record CredentialsRevoked(
      AuthorityName authority,
      List<RevokedCredential> credentials,
      RevocationReason cause,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {
    /** Copies. */
    public CredentialsRevoked {
      credentials = List.copyOf(credentials);
    }
  }

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

  /** Standby on the successor; from this bundle on nobody need trust the retired generation. */
  record RotationCompleted(
      AuthorityName authority,
      RotationId rotation,
      long bundle,
      GateEvidence evidence,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

  /** Phase rollback began. */
  record RollbackStarted(
      AuthorityName authority,
      RotationId rotation,
      PhaseName from,
      String reason,
      String by,
      Instant at)
      implements AuthorityEvent {}

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

  /** A slot signs no more new credentials of the authority; those that it signed are replaced. */
  record SlotLeaving(AuthorityName authority, SlotName slot, String reason, String by, Instant at)
      implements AuthorityEvent {}

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
