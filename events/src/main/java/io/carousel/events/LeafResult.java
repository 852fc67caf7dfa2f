package io.carousel.events;

import io.carousel.events.SigningCommand.LeafCommand;
import java.time.Instant;

/** What came of a leaf command; travels on {@code carousel.results}. */
public sealed interface LeafResult {
  /** The command it answers. */
  CommandId answers();

  /** Whose key. */
  AuthorityName authority();

  /** The slot that was asked. */
  SlotName slot();

  /** For whom. */
  ParticipantName participant();

  /** The serial number that the command fixed. */
  Serial serial();

  /**
   * Whether that can have come of that command.
   *
   * @param signer SHA-256 of the SubjectPublicKeyInfo of the key that was to sign
   */
  default boolean isOf(LeafCommand command, Digest signer) {
    LeafOrder order = command.order();
    return answers().equals(order.command())
        && authority().equals(order.authority())
        && slot().equals(order.slot())
        && participant().equals(order.participant())
        && serial().equals(order.serial())
        && switch (this) {
          case LeafRefused _ -> true;
          case LeafSigned signed ->
              signed.generation() == order.generation()
                  && signed.identity().equals(order.identity())
                  && signed.format() == command.format()
                  && signed.profile() == order.profile()
                  && signed.notAfter().equals(order.notAfter())
                  && signed.issuerKey().equals(signer);
        };
  }

  /**
   * The credential.
   *
   * @param identity SHA-256 of the identity key (SubjectPublicKeyInfo) that asked for it
   * @param issuerKey SHA-256 of the issuer's SubjectPublicKeyInfo
   * @param digest SHA-256 of a certificate; of a token, SHA-256 of its SHA-256, so that who knows
   *     the latter has had the token
   * @param credential DER, an OpenSSH certificate (blob), or an encrypted token (compact JWE)
   */
  record LeafSigned(
      CommandId answers,
      AuthorityName authority,
      int generation,
      SlotName slot,
      ParticipantName participant,
      Digest identity,
      Format format,
      Profile profile,
      Serial serial,
      Digest issuerKey,
      Instant notAfter,
      Digest digest,
      Bytes credential)
      implements LeafResult {}

  /** None, and why. */
  record LeafRefused(
      CommandId answers,
      AuthorityName authority,
      int generation,
      SlotName slot,
      ParticipantName participant,
      Serial serial,
      String code,
      String detail)
      implements LeafResult {}
}
