package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Credential;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import io.carousel.events.openssh.Krl;
import io.carousel.events.openssh.SshCertificate;
import io.carousel.events.openssh.SshCertificateDraft;
import io.carousel.events.openssh.SshCertificateDraft.Kind;
import io.carousel.events.openssh.SshPublicKey;
import io.carousel.events.openssh.SshSerial;
import io.carousel.events.openssh.SshSerials;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A key in memory that signs OpenSSH certificates, Ed25519. */
public final class SoftwareSshCa {
  public static final AuthorityName HOSTS = new AuthorityName("hosts");
  private static final Digest CHALLENGE = Digest.of(new byte[] {1});

  private final int generation;
  private final KeyPair key;

  /** Of that generation. */
  public SoftwareSshCa(int generation) {
    this.generation = generation;
    try {
      this.key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public SshPublicKey publicKey() {
    return SshPublicKey.of(Bytes.of(key.getPublic().getEncoded()));
  }

  /** As a bundle has it. */
  public TrustBundle.TrustedKey trusted() {
    Bytes spki = Bytes.of(key.getPublic().getEncoded());
    return new TrustBundle.TrustedKey(
        generation, new SlotName("hsm-a"), Format.SSH, spki, Optional.empty(), spki.digest());
  }

  /** A bundle of these, whose number is as many events old as it is great. */
  public static TrustBundle bundle(long number, int issuing, SoftwareSshCa... trusted) {
    return new TrustBundle(
        HOSTS,
        number,
        number * 10,
        PhaseName.STANDBY,
        number * 10,
        CHALLENGE,
        issuing,
        issuing,
        List.of(trusted).stream().map(SoftwareSshCa::trusted).toList());
  }

  /** A certificate of that key, good from a minute ago for an hour. */
  public Credential issue(Profile profile, PublicKey subject, long serial) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var draft =
        new SshCertificateDraft(
            profile == Profile.SERVER ? Kind.HOST : Kind.USER,
            Bytes.of(new byte[32]),
            SshPublicKey.of(Bytes.of(subject.getEncoded())),
            new SshSerial(serial),
            "web-1",
            List.of("web-1"),
            now.minusSeconds(60),
            now.plusSeconds(3600),
            new TreeMap<>(Map.of()),
            new TreeMap<>(Map.of()),
            publicKey());
    SshCertificate certificate = draft.complete(sign(draft.toBeSigned()));
    return new Credential(
        HOSTS,
        generation,
        Format.SSH,
        profile,
        new Serial(Long.toHexString(serial)),
        certificate.blob(),
        List.of(),
        1);
  }

  private Bytes sign(Bytes message) {
    try {
      Signature ed25519 = Signature.getInstance("Ed25519");
      ed25519.initSign(key.getPrivate());
      ed25519.update(message.toArray());
      return Bytes.of(ed25519.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** What it has revoked, as published under that number. */
  public byte[] krl(long version, long... serials) {
    List<Krl.Revoked> revoked =
        serials.length == 0
            ? List.of()
            : List.of(
                new Krl.Revoked(
                    Optional.of(publicKey()),
                    SshSerials.of(
                        java.util.Arrays.stream(serials).mapToObj(SshSerial::new).toList()),
                    new TreeSet<>()));
    return new Krl(
            version, Instant.EPOCH, "authority hosts", revoked, new TreeSet<>(), new TreeSet<>())
        .bytes()
        .toArray();
  }
}
