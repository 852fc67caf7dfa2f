package io.carousel.signer;

import io.carousel.events.AuthorityEvent.AuthorityCreated;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CaDraft;
import io.carousel.events.CommandId;
import io.carousel.events.CrlDraft;
import io.carousel.events.CrlNumber;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.KeyId;
import io.carousel.events.LeafOrder;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.Distribution;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.SigningCommand.SignCaCertificate;
import io.carousel.events.SigningCommand.SignCrl;
import io.carousel.events.SigningCommand.SignLeaf;
import io.carousel.events.SigningCommand.SignSshCertificate;
import io.carousel.events.SigningCommand.SignToken;
import io.carousel.events.SlotName;
import io.carousel.events.SshOptions;
import io.carousel.events.SubjectName;
import io.carousel.events.Suite;
import io.carousel.events.WorkerAct.CaCertificateSigned;
import io.carousel.events.WorkerAct.KeyGenerated;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Sound commands, for tests to send or to spoil. */
public final class Asked {
  /** For that authority. */
  public static final AuthorityName USER = new AuthorityName("user");

  /** The event that opened it, in the logs of tests: the second, after the founding. */
  public static final long OPENED = 3;

  private Asked() {}

  /** A new command id. */
  public static CommandId id() {
    return CommandId.of(Instant.now(), random(10));
  }

  /** A new 128-bit serial number. */
  public static Serial serial() {
    byte[] random = random(16);
    random[0] |= 0x40;
    return Serial.of(new BigInteger(1, random));
  }

  /** A new 64-bit serial number. */
  public static Serial sshSerial() {
    byte[] random = random(8);
    random[0] |= (byte) 0x80;
    return Serial.of(new BigInteger(1, random));
  }

  private static byte[] random(int octets) {
    byte[] random = new byte[octets];
    ThreadLocalRandom.current().nextBytes(random);
    return random;
  }

  /** A new key. */
  public static GenerateKey key(SlotName slot, Suite suite) {
    return key(slot, Format.X509, suite);
  }

  /** A new key for that format. */
  public static GenerateKey key(SlotName slot, Format format, Suite suite) {
    return new GenerateKey(id(), 1, USER, 1, slot, format, suite);
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
        1,
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
    return new SignLeaf(
        order(ca.slot(), ca.key(), ca.suite(), profile, serial()),
        signed.certificate(),
        publicKey,
        List.of(),
        Optional.empty());
  }

  /** As a leaf's, with those names, and where its issuer's CRL and certificate are. */
  public static SignLeaf leaf(
      SignLeaf sound, List<SubjectName> names, Optional<Distribution> distribution) {
    return new SignLeaf(sound.order(), sound.issuer(), sound.publicKey(), names, distribution);
  }

  /** An OpenSSH certificate for a day, for the participant web-1. */
  public static SignSshCertificate ssh(
      GenerateKey asked, KeyGenerated made, Profile profile, String... principals) {
    return new SignSshCertificate(
        order(asked.slot(), made.key(), asked.suite(), profile, sshSerial()),
        made.publicKey(),
        publicKey("Ed25519", 0),
        "carousel:web-1",
        List.of(principals),
        profile == Profile.SERVER ? SshOptions.NONE : SshOptions.DEFAULT,
        Bytes.of(random(32)));
  }

  /** A token for a day, for the participant web-1. */
  public static SignToken token(
      GenerateKey asked, KeyGenerated made, Bytes recipient, String... audiences) {
    return new SignToken(
        order(asked.slot(), made.key(), asked.suite(), Profile.CLIENT, serial()),
        made.publicKey(),
        "https://carousel.example/user",
        List.of(audiences),
        recipient);
  }

  /** A CRL for a day of that CA. */
  public static SignCrl crl(
      SignCaCertificate ca, CaCertificateSigned signed, long number, List<CrlDraft.Entry> revoked) {
    Instant from = now().minusSeconds(60);
    return crl(
        ca,
        signed,
        new CrlDraft(CrlNumber.of(number), from, from.plus(Duration.ofDays(1)), revoked));
  }

  /** That CRL of that CA. */
  public static SignCrl crl(SignCaCertificate ca, CaCertificateSigned signed, CrlDraft draft) {
    return new SignCrl(
        id(),
        1,
        ca.authority(),
        ca.generation(),
        ca.slot(),
        ca.key(),
        ca.publicKey(),
        ca.suite(),
        signed.certificate(),
        draft);
  }

  private static LeafOrder order(
      SlotName slot, KeyId key, Suite suite, Profile profile, Serial serial) {
    Instant from = now().minusSeconds(60);
    return new LeafOrder(
        id(),
        USER,
        1,
        slot,
        key,
        suite,
        new ParticipantName("web-1"),
        Digest.of(new byte[] {7}),
        profile,
        serial,
        from,
        from.plus(Duration.ofDays(1)),
        OPENED,
        Instant.now().plusSeconds(60));
  }

  /** That {@link #USER} has keys on those slots: the event before it opens. */
  public static AuthorityCreated created(List<SlotName> slots) {
    return new AuthorityCreated(
        USER, FormatSuite.x509(Suite.ED25519), slots, Policy.DEFAULT, "test", Instant.now());
  }

  /** That command with something changed, and everything else as it is. */
  public static <C extends LeafCommand> C with(C sound, Consumer<OrderDraft> change) {
    var draft = new OrderDraft(sound.order());
    change.accept(draft);
    return ordered(sound, draft.order());
  }

  /** As above, with an id and a serial number of its own. */
  public static <C extends LeafCommand> C other(C sound, Consumer<OrderDraft> change) {
    return with(
        sound,
        order -> {
          order.command = id();
          order.serial = sound instanceof SignSshCertificate ? sshSerial() : serial();
          change.accept(order);
        });
  }

  @SuppressWarnings("unchecked") // each case gives the type that it got
  private static <C extends LeafCommand> C ordered(C sound, LeafOrder order) {
    LeafCommand command = sound;
    return (C)
        switch (command) {
          case SignLeaf c ->
              new SignLeaf(order, c.issuer(), c.publicKey(), c.names(), c.distribution());
          case SignSshCertificate c ->
              new SignSshCertificate(
                  order,
                  c.caKey(),
                  c.publicKey(),
                  c.keyId(),
                  c.principals(),
                  c.options(),
                  c.nonce());
          case SignToken c ->
              new SignToken(order, c.caKey(), c.issuer(), c.audiences(), c.recipient());
        };
  }

  /** To destroy that key. */
  public static DestroyKey destroy(GenerateKey asked, KeyGenerated made) {
    return new DestroyKey(
        id(),
        1,
        asked.authority(),
        asked.generation(),
        asked.slot(),
        asked.format(),
        made.key(),
        made.publicKey());
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
