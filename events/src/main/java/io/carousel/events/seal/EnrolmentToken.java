package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Statements;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Function;

/**
 * What its holder may enrol hosts by: an Ed25519 private key. It signs, and is never sent; the
 * house knows its public key alone.
 *
 * <p>Its text is {@code carousel-token-1.ID.SEED}: the id, and the 32 bytes that the key is made
 * from (RFC 8032, section 5.1.5) in base64url without padding. Whatever may come after another dot
 * is for newer programs, and is not passed over: it may be what the token is to be trusted by.
 */
public final class EnrolmentToken {
  private static final String LABEL = "carousel-token-1";
  private static final int SEED = 32;

  private final byte[] seed;
  private final Bytes publicKey;

  private EnrolmentToken(byte[] seed) {
    this.seed = seed;
    this.publicKey = Ed25519Signature.publicKey(seed);
  }

  /** A new one. */
  public static EnrolmentToken create() {
    byte[] seed = new byte[SEED];
    new SecureRandom().nextBytes(seed);
    return new EnrolmentToken(seed);
  }

  /**
   * The token of that text.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  public static EnrolmentToken parse(String text) {
    String[] parts = text.split("\\.", -1);
    if (!parts[0].equals(LABEL)) {
      throw new IllegalArgumentException(
          "it does not begin with '%s.'; print one with 'carousel fleet token create'"
              .formatted(LABEL));
    }
    if (parts.length > 3) {
      throw new IllegalArgumentException(
          "it says more than this program knows; use a program as new as the one that made it");
    }
    if (parts.length < 3) {
      throw new IllegalArgumentException("it was cut off; copy all of it");
    }
    var token = new EnrolmentToken(seed(parts[2]));
    if (!token.id().value().equals(parts[1]) || !token.text().equals(text)) {
      throw new IllegalArgumentException("it was changed on its way; copy it again");
    }
    return token;
  }

  private static byte[] seed(String text) {
    byte[] seed;
    try {
      seed = Base64.getUrlDecoder().decode(text.getBytes(US_ASCII));
    } catch (IllegalArgumentException e) {
      // Its message would repeat a part of what must not be told.
      seed = new byte[0];
    }
    if (seed.length != SEED) {
      throw new IllegalArgumentException("it was changed or cut off on its way; copy all of it");
    }
    return seed;
  }

  /** Its whole text: a secret. */
  public String text() {
    return "%s.%s.%s"
        .formatted(LABEL, id(), Base64.getUrlEncoder().withoutPadding().encodeToString(seed));
  }

  /** By which it is known. */
  public EnrolmentTokenId id() {
    return EnrolmentTokenId.of(publicKey);
  }

  /** Its public key: Ed25519, as SubjectPublicKeyInfo (RFC 8410, section 4). */
  public Bytes publicKey() {
    return publicKey;
  }

  /**
   * Asks that a host be let in.
   *
   * @param identityKey the host's, Ed25519, as SubjectPublicKeyInfo
   * @param identity signs by it
   */
  public EnrolmentRequest request(
      HouseId house,
      ParticipantName participant,
      Bytes identityKey,
      Instant time,
      Function<byte[], Bytes> identity) {
    byte[] statement = Statements.enrolment(house, participant, identityKey, id(), time);
    return new EnrolmentRequest(
        participant,
        identityKey,
        id(),
        time,
        Bytes.of(Ed25519Signature.sign(seed, statement)),
        identity.apply(statement));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EnrolmentToken t && Arrays.equals(seed, t.seed);
  }

  @Override
  public int hashCode() {
    return publicKey.hashCode();
  }

  /** Its id, and nothing that is secret. */
  @Override
  public String toString() {
    return "enrolment token " + id();
  }
}
