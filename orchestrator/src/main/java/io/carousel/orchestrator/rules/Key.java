package io.carousel.orchestrator.rules;

import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.CrlDraft;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.KeyPlace;
import io.carousel.events.KeyStage;
import io.carousel.events.SlotName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One key of a generation, for one format on one slot, from wish to end.
 *
 * <p>{@code command} is always the one that asked for the key.
 */
public sealed interface Key {
  /** Where it is, or shall be, and what it signs. */
  KeyPlace place();

  /** The command that asked for it. */
  CommandId command();

  /** Asked for; nothing came yet. */
  record Wanted(KeyPlace place, CommandId command, Optional<Failure> failure) implements Key {}

  /** No longer asked for; should it come, it is surplus. */
  record Withdrawn(KeyPlace place, CommandId command) implements Key {}

  /** There, for X.509, and without a CA certificate yet. */
  record Adopted(
      Made made, CommandId certification, Optional<CaDraft> draft, Optional<Failure> failure)
      implements Living {
    @Override
    public Adopted with(Made next) {
      return new Adopted(next, certification, draft, failure);
    }

    Adopted failing(Optional<Failure> why) {
      return new Adopted(made, certification, draft, why);
    }
  }

  /**
   * There, for X.509, and to sign its request to the external root.
   *
   * @param asked the command that asks for the request
   */
  record Requesting(Made made, CommandId asked, String subject, Optional<Failure> failure)
      implements Living {
    @Override
    public Requesting with(Made next) {
      return new Requesting(next, asked, subject, failure);
    }

    Requesting failing(Optional<Failure> why) {
      return new Requesting(made, asked, subject, why);
    }
  }

  /**
   * There, for X.509; it waits for its certificate from the external root.
   *
   * @param asked the command that asked for the request
   * @param request PKCS#10, DER
   */
  record AwaitingCertificate(Made made, CommandId asked, String subject, Bytes request)
      implements Living {
    @Override
    public AwaitingCertificate with(Made next) {
      return new AwaitingCertificate(next, asked, subject, request);
    }
  }

  /** There, for X.509, with its CA certificate and without a CRL yet. */
  record Certified(Made made, CaCertificate ca, Optional<CrlAsked> asked, Optional<Failure> failure)
      implements Living {
    @Override
    public Certified with(Made next) {
      return new Certified(next, ca, asked, failure);
    }

    Certified failing(Optional<Failure> why) {
      return new Certified(made, ca, asked, why);
    }
  }

  /**
   * It can sign.
   *
   * @param x509 what stands above its signatures; for X.509 alone
   */
  record Ready(Made made, Optional<Published> x509) implements Living {
    @Override
    public Ready with(Made next) {
      return new Ready(next, x509);
    }

    /** Its CA certificate, DER; for X.509 alone. */
    public Optional<Bytes> certificate() {
      return x509.map(p -> p.ca().certificate());
    }
  }

  /**
   * To be destroyed.
   *
   * @param legacy empty unless it ever had a CRL
   */
  record Doomed(
      Made made, CommandId destruction, Optional<Legacy> legacy, Optional<Failure> failure)
      implements Existing {
    Doomed failing(Optional<Failure> why) {
      return new Doomed(made, destruction, legacy, why);
    }
  }

  /**
   * Gone. Remembered, so that its id and public key never come back.
   *
   * @param legacy empty unless it ever had a CRL
   */
  record Destroyed(
      KeyPlace place,
      CommandId command,
      KeyId id,
      Digest digest,
      CommandId destruction,
      Optional<Legacy> legacy)
      implements Key {}

  /**
   * Its slot was given up: nobody will ever reach its token again. Remembered, so that its id and
   * public key never come back.
   *
   * @param legacy empty unless it ever had a CRL; nobody can sign a later one
   */
  record Unreachable(
      KeyPlace place, CommandId command, KeyId id, Digest digest, Optional<Legacy> legacy)
      implements Key {}

  /** A key that is in its token, as far as the log knows. */
  sealed interface Existing extends Key {
    /** What is known of it. */
    Made made();

    @Override
    default KeyPlace place() {
      return made().place();
    }

    @Override
    default CommandId command() {
      return made().command();
    }

    /** Its CKA_ID. */
    default KeyId id() {
      return made().id();
    }

    /** Its SubjectPublicKeyInfo. */
    default Bytes publicKey() {
      return made().publicKey();
    }
  }

  /** A key that is not on its way out yet. */
  sealed interface Living extends Existing {
    /** The same at another stage. */
    Living with(Made next);
  }

  /**
   * What is known of every key that was made.
   *
   * @param stage how far it has come; empty before verifiers were told of it
   * @param since when it came so far
   * @param until the end of its hold; empty unless it is held for a time
   */
  record Made(
      KeyPlace place,
      CommandId command,
      KeyId id,
      Bytes publicKey,
      Optional<KeyStage> stage,
      Instant since,
      Optional<Instant> until) {
    Made at(KeyStage next, Instant then, Optional<Instant> end) {
      return new Made(place, command, id, publicKey, Optional.of(next), then, end);
    }

    /** If a clock that ran ahead has dated it: as if that had been at {@code to}. */
    Made dated(Instant ahead, Instant to) {
      return since.isBefore(ahead)
          ? this
          : new Made(
              place,
              command,
              id,
              publicKey,
              stage,
              to,
              until.map(end -> to.plus(Duration.between(since, end))));
    }
  }

  /**
   * A CA certificate.
   *
   * @param command that asked for it
   * @param certificate DER
   */
  record CaCertificate(CommandId command, Bytes certificate) {}

  /** A CRL that was asked for and has not come. */
  record CrlAsked(CommandId command, CrlDraft draft) {}

  /**
   * What an X.509 key has published.
   *
   * @param command that asked for the newest CRL
   * @param crl the newest, DER
   * @param draft what it says
   * @param asked the next one
   * @param failure why the last attempt at the next one failed
   */
  record Published(
      CaCertificate ca,
      CommandId command,
      Bytes crl,
      CrlDraft draft,
      Optional<CrlAsked> asked,
      Optional<Failure> failure) {}

  /**
   * What verifiers go on asking for when the key is gone: its certificates are good until they
   * expire or are found in its CRL.
   *
   * @param certificate of the CA, DER
   * @param crl the newest, DER
   */
  record Legacy(Bytes certificate, Bytes crl) {}

  /** Why the last attempt failed. */
  record Failure(String code, String detail, boolean lasting) {}

  /** Where. */
  default SlotName slot() {
    return place().slot();
  }

  /** What it signs. */
  default Format format() {
    return place().format();
  }

  /** The CKA_ID, once there is one. */
  default Optional<KeyId> keyId() {
    return switch (this) {
      case Wanted _, Withdrawn _ -> Optional.empty();
      case Existing k -> Optional.of(k.id());
      case Destroyed k -> Optional.of(k.id());
      case Unreachable k -> Optional.of(k.id());
    };
  }

  /** SHA-256 of its SubjectPublicKeyInfo, once there is one. */
  default Optional<Digest> publicKeyDigest() {
    return switch (this) {
      case Wanted _, Withdrawn _ -> Optional.empty();
      case Existing k -> Optional.of(k.publicKey().digest());
      case Destroyed k -> Optional.of(k.digest());
      case Unreachable k -> Optional.of(k.digest());
    };
  }

  /** What verifiers ask for; empty unless it is, or was, for X.509 and had its first CRL. */
  default Optional<Legacy> legacy() {
    return switch (this) {
      case Ready k -> k.x509().map(p -> new Legacy(p.ca().certificate(), p.crl()));
      case Doomed k -> k.legacy();
      case Destroyed k -> k.legacy();
      case Unreachable k -> k.legacy();
      case Wanted _, Withdrawn _, Adopted _, Requesting _, AwaitingCertificate _, Certified _ ->
          Optional.empty();
    };
  }

  /** One word for people. */
  default String stage() {
    return switch (this) {
      case Wanted _ -> "requested";
      case Withdrawn _ -> "withdrawn";
      case Living k when k.made().stage().isPresent() -> k.made().stage().get().wire();
      case Adopted _, Requesting _ -> "adopted";
      case AwaitingCertificate _ -> "awaiting certificate";
      case Certified _ -> "certified";
      case Ready k -> k.x509().isPresent() ? "certified" : "adopted";
      case Doomed _ -> "being destroyed";
      case Destroyed _ -> "destroyed";
      case Unreachable _ -> "unreachable";
    };
  }

  /** Why the last attempt at what it waits for failed. */
  default Optional<Failure> lastFailure() {
    return switch (this) {
      case Wanted k -> k.failure();
      case Adopted k -> k.failure();
      case Requesting k -> k.failure();
      case Certified k -> k.failure();
      case Ready k -> k.x509().flatMap(Published::failure);
      case Doomed k -> k.failure();
      case Withdrawn _, AwaitingCertificate _, Destroyed _, Unreachable _ -> Optional.empty();
    };
  }

  /** Whether it waits for that command now. */
  default boolean waitsFor(CommandId asked) {
    return switch (this) {
      case Wanted k -> k.command().equals(asked);
      case Adopted k -> k.certification().equals(asked);
      case Requesting k -> k.asked().equals(asked);
      case Certified k -> k.asked().filter(c -> c.command().equals(asked)).isPresent();
      case Ready k ->
          k.x509().flatMap(Published::asked).filter(c -> c.command().equals(asked)).isPresent();
      case Doomed k -> k.destruction().equals(asked);
      case Withdrawn _, AwaitingCertificate _, Destroyed _, Unreachable _ -> false;
    };
  }

  /** Whether it owes anything of its present state to that command. */
  default boolean causedBy(CommandId asked) {
    return command().equals(asked)
        || waitsFor(asked)
        || switch (this) {
          case AwaitingCertificate k -> k.asked().equals(asked);
          case Certified k -> k.ca().command().equals(asked);
          case Ready k ->
              k.x509()
                  .filter(p -> p.ca().command().equals(asked) || p.command().equals(asked))
                  .isPresent();
          case Destroyed k -> k.destruction().equals(asked);
          case Wanted _, Withdrawn _, Adopted _, Requesting _, Doomed _, Unreachable _ -> false;
        };
  }
}
