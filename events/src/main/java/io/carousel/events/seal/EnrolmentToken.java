package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Statements;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What its holder may enrol hosts by: an Ed25519 private key. It signs, and is never sent; the
 * house knows its public key alone.
 *
 * <p>Its text is {@code carousel-token-1.ID.SEED} or {@code carousel-token-1.ID.SEED.PINS}: the id,
 * the 32 bytes that the key is made from (RFC 8032, section 5.1.5), and, one after the other, the
 * digests by which the house is known from other machines; in base64url without padding. Whatever
 * may come after another dot is for newer programs, and is not passed over: it may be what the
 * token is to be trusted by.
 */
public final class EnrolmentToken {
  private static final String LABEL = "carousel-token-1";
  private static final int SEED = 32;
  private static final int DIGEST = 32;

  /** More CA keys than a house can have in a rotation over some slots; bounds what is parsed. */
  private static final int MOST_PINS = 64;

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final byte[] seed;
  private final Bytes publicKey;
  private final SortedSet<Digest> pins;

  private EnrolmentToken(byte[] seed, Collection<Digest> pins) {
    this.seed = seed;
    this.publicKey = Ed25519Signature.publicKey(seed);
    this.pins = Collections.unmodifiableSortedSet(new TreeSet<>(pins));
  }

  /** A new one, for hosts that know the house otherwise. */
  public static EnrolmentToken create() {
    return create(List.of());
  }

  /**
   * A new one.
   *
   * @param pins SHA-256 of the SubjectPublicKeyInfo of each CA key by which the house is known
   * @throws IllegalArgumentException if they are more than a token holds
   */
  public static EnrolmentToken create(Collection<Digest> pins) {
    if (pins.size() > MOST_PINS) {
      throw new IllegalArgumentException(
          "%d CA keys are more than a token holds: at most %d".formatted(pins.size(), MOST_PINS));
    }
    byte[] seed = new byte[SEED];
    new SecureRandom().nextBytes(seed);
    return new EnrolmentToken(seed, pins);
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
    if (parts.length > 4) {
      throw new IllegalArgumentException(
          "it says more than this program knows; use a program as new as the one that made it");
    }
    if (parts.length < 3) {
      throw new IllegalArgumentException("it was cut off; copy all of it");
    }
    var token = new EnrolmentToken(seed(parts[2]), parts.length == 4 ? pins(parts[3]) : List.of());
    if (!token.id().value().equals(parts[1]) || !token.text().equals(text)) {
      throw new IllegalArgumentException("it was changed on its way; copy it again");
    }
    return token;
  }

  private static byte[] seed(String text) {
    byte[] seed = decoded(text);
    requireWhole(seed.length == SEED);
    return seed;
  }

  private static List<Digest> pins(String text) {
    byte[] all = decoded(text);
    int count = all.length / DIGEST;
    requireWhole(count > 0 && count <= MOST_PINS && all.length % DIGEST == 0);
    return IntStream.range(0, count)
        .mapToObj(i -> Digest.ofHash(Arrays.copyOfRange(all, i * DIGEST, (i + 1) * DIGEST)))
        .toList();
  }

  private static byte[] decoded(String text) {
    try {
      return Base64.getUrlDecoder().decode(text.getBytes(US_ASCII));
    } catch (IllegalArgumentException e) {
      // Its message would repeat a part of what must not be told.
      return new byte[0];
    }
  }

  private static void requireWhole(boolean whole) {
    if (!whole) {
      throw new IllegalArgumentException("it was changed or cut off on its way; copy all of it");
    }
  }

  /** Its whole text: a secret. */
  public String text() {
    String own = "%s.%s.%s".formatted(LABEL, id(), ENCODER.encodeToString(seed));
    if (pins.isEmpty()) {
      return own;
    }
    ByteBuffer all = ByteBuffer.allocate(pins.size() * DIGEST);
    pins.forEach(pin -> all.put(pin.bytes()));
    return own + "." + ENCODER.encodeToString(all.array());
  }

  /**
   * By what the house is known, as of when the token was made: SHA-256 of the SubjectPublicKeyInfo
   * of each CA key; empty if it does not say.
   */
  public SortedSet<Digest> pins() {
    return pins;
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
    return other instanceof EnrolmentToken t && Arrays.equals(seed, t.seed) && pins.equals(t.pins);
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
