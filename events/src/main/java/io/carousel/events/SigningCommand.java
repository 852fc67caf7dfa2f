package io.carousel.events;

import java.time.Instant;

/** What a worker is told to do with its slot. */
public sealed interface SigningCommand {

  /** Its identity; answers name it. */
  CommandId command();

  /** For whom. */
  AuthorityName authority();

  /** With the key of which generation. */
  int generation();

  /** On which slot. */
  SlotName slot();

  /** Work on keys; travels on {@code carousel.keys.SLOT}, written by the owner. */
  sealed interface KeyCommand extends SigningCommand {}

  /** Makes a key, unless one labelled with this command is there already. */
  record GenerateKey(
      CommandId command, AuthorityName authority, int generation, SlotName slot, Suite suite)
      implements KeyCommand {}

  /**
   * Makes a key sign its own CA certificate.
   *
   * @param publicKey SubjectPublicKeyInfo; must be the key's own
   */
  record SignCaCertificate(
      CommandId command,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey,
      Suite suite,
      CaDraft draft)
      implements KeyCommand {}

  /** Destroys a key, if both id and public key fit. */
  record DestroyKey(
      CommandId command,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Bytes publicKey)
      implements KeyCommand {}

  /**
   * Signs a leaf certificate; travels on {@code carousel.leaves.SLOT}. The command fixes every byte
   * that is signed.
   *
   * @param issuer the CA certificate of the key, DER: gives issuer name and authority key
   *     identifier
   * @param identity SHA-256 of the identity key (SubjectPublicKeyInfo) that asked: another may come
   *     under the participant's name
   * @param publicKey SubjectPublicKeyInfo from the request
   * @param phaseSequence the event that began the phase in which this was asked
   * @param deadline not signed after this
   */
  record SignLeaf(
      CommandId command,
      AuthorityName authority,
      int generation,
      SlotName slot,
      KeyId key,
      Suite suite,
      Bytes issuer,
      ParticipantName participant,
      Digest identity,
      Profile profile,
      Bytes publicKey,
      Serial serial,
      Instant notBefore,
      Instant notAfter,
      long phaseSequence,
      Instant deadline)
      implements SigningCommand {}
}
