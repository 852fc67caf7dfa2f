package io.carousel.signer;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;

/** Sound commands, for tests to send or to spoil. */
public final class Asked {
  /** For that authority. */
  public static final AuthorityName USER = new AuthorityName("user");

  private Asked() {}

  /** A new command id. */
  public static CommandId id() {
    byte[] random = new byte[10];
    ThreadLocalRandom.current().nextBytes(random);
    return CommandId.of(Instant.now(), random);
  }

  /** A new 128-bit serial number. */
  public static Serial serial() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    random[0] |= 0x40;
    return Serial.of(new BigInteger(1, random));
  }

  /** A new key. */
  public static GenerateKey key(SlotName slot, Suite suite) {
    return new GenerateKey(id(), USER, 1, slot, suite);
  }

  /** A certificate for ten years for that key. */
  public static SignCaCertificate ca(GenerateKey asked, KeyGenerated made) {
    return ca(asked, made, Duration.ofDays(3650));
  }

  /** A certificate for that key. */
  public static SignCaCertificate ca(GenerateKey asked, KeyGenerated made, Duration lifetime) {
    Instant from = now().minusSeconds(60);
    String subject =
        "CN=user 1 on %s,O=Carousel,OU=größer\\, \\<kleiner\\>".formatted(asked.slot());
    return new SignCaCertificate(
        id(),
        asked.authority(),
        asked.generation(),
        asked.slot(),
        made.key(),
        made.publicKey(),
        asked.suite(),
        new CaDraft(subject, serial(), from, from.plus(lifetime)));
  }

  /** A certificate for a day, for the participant web-1. */
  public static SignLeaf leaf(SignCaCertificate ca, CaCertificateSigned signed, Profile profile) {
    return leaf(ca, signed, profile, publicKey("EC", 256));
  }

  /** As above, for that key. */
  public static SignLeaf leaf(
      SignCaCertificate ca, CaCertificateSigned signed, Profile profile, Bytes publicKey) {
    Instant from = now().minusSeconds(60);
    return new SignLeaf(
        id(),
        ca.authority(),
        ca.generation(),
        ca.slot(),
        ca.key(),
        ca.suite(),
        signed.certificate(),
        new ParticipantName("web-1"),
        publicKey.digest(),
        profile,
        publicKey,
        serial(),
        from,
        from.plus(Duration.ofDays(1)),
        7,
        Instant.now().plusSeconds(60));
  }

  /** To destroy that key. */
  public static DestroyKey destroy(GenerateKey asked, KeyGenerated made) {
    return new DestroyKey(
        id(), asked.authority(), asked.generation(), asked.slot(), made.key(), made.publicKey());
  }

  /** A new public key, SubjectPublicKeyInfo. */
  public static Bytes publicKey(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return Bytes.of(generator.generateKeyPair().getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }
}
