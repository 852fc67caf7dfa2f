package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.KeyId;
import io.carousel.events.SlotName;
import java.util.Optional;

/**
 * One key of a generation, on one slot, from wish to end.
 *
 * <p>{@code command} is always the one that asked for the key.
 */
public sealed interface Key {
  /** Where it is, or shall be. */
  SlotName slot();

  /** The command that asked for it. */
  CommandId command();

  /** Asked for; nothing came yet. */
  record Wanted(SlotName slot, CommandId command, Optional<Failure> failure) implements Key {}

  /** No longer asked for; should it come, it is surplus. */
  record Withdrawn(SlotName slot, CommandId command) implements Key {}

  /** There, without a certificate yet. */
  record Adopted(
      SlotName slot,
      CommandId command,
      KeyId id,
      Bytes publicKey,
      CommandId certification,
      Optional<CaDraft> draft,
      Optional<Failure> failure)
      implements Key {
    Adopted failing(Optional<Failure> why) {
      return new Adopted(slot, command, id, publicKey, certification, draft, why);
    }
  }

  /**
   * There, with its certificate; it can sign.
   *
   * @param certification the command that asked for the certificate
   */
  record Certified(
      SlotName slot,
      CommandId command,
      KeyId id,
      Bytes publicKey,
      CommandId certification,
      Bytes certificate)
      implements Key {}

  /** To be destroyed. */
  record Doomed(
      SlotName slot,
      CommandId command,
      KeyId id,
      Bytes publicKey,
      CommandId destruction,
      Optional<Failure> failure)
      implements Key {
    Doomed failing(Optional<Failure> why) {
      return new Doomed(slot, command, id, publicKey, destruction, why);
    }
  }

  /** Gone. Remembered, so that its id and public key never come back. */
  record Destroyed(SlotName slot, CommandId command, KeyId id, Digest digest, CommandId destruction)
      implements Key {}

  /** Why the last attempt failed. */
  record Failure(String code, String detail, boolean lasting) {}

  /** The CKA_ID, once there is one. */
  default Optional<KeyId> keyId() {
    return switch (this) {
      case Wanted _, Withdrawn _ -> Optional.empty();
      case Adopted k -> Optional.of(k.id());
      case Certified k -> Optional.of(k.id());
      case Doomed k -> Optional.of(k.id());
      case Destroyed k -> Optional.of(k.id());
    };
  }

  /** SHA-256 of its SubjectPublicKeyInfo, once there is one. */
  default Optional<Digest> publicKeyDigest() {
    return switch (this) {
      case Wanted _, Withdrawn _ -> Optional.empty();
      case Adopted k -> Optional.of(k.publicKey().digest());
      case Certified k -> Optional.of(k.publicKey().digest());
      case Doomed k -> Optional.of(k.publicKey().digest());
      case Destroyed k -> Optional.of(k.digest());
    };
  }

  /** One word for people. */
  default String stage() {
    return switch (this) {
      case Wanted _ -> "requested";
      case Withdrawn _ -> "withdrawn";
      case Adopted _ -> "generated";
      case Certified _ -> "certified";
      case Doomed _ -> "being destroyed";
      case Destroyed _ -> "destroyed";
    };
  }

  /** Why the last attempt at what it waits for failed. */
  default Optional<Failure> lastFailure() {
    return switch (this) {
      case Wanted k -> k.failure();
      case Adopted k -> k.failure();
      case Doomed k -> k.failure();
      case Withdrawn _, Certified _, Destroyed _ -> Optional.empty();
    };
  }

  /** Whether it owes anything of its present stage to that command. */
  default boolean causedBy(CommandId asked) {
    return command().equals(asked)
        || switch (this) {
          case Wanted _, Withdrawn _ -> false;
          case Adopted k -> k.certification().equals(asked);
          case Certified k -> k.certification().equals(asked);
          case Doomed k -> k.destruction().equals(asked);
          case Destroyed k -> k.destruction().equals(asked);
        };
  }
}
