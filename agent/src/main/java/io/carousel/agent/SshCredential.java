package io.carousel.agent;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import io.carousel.events.openssh.SshCertificate;
import java.security.PrivateKey;
import java.time.Instant;

/**
 * An OpenSSH certificate with the private key that belongs to it: of a user for clients, of a host
 * for servers.
 */
public record SshCredential(
    Profile profile,
    Serial serial,
    int generation,
    Digest issuerKey,
    SshCertificate certificate,
    PrivateKey key)
    implements OwnCredential {

  @Override
  public Format format() {
    return Format.SSH;
  }

  @Override
  public Instant notBefore() {
    return certificate.content().validAfter();
  }

  @Override
  public Instant notAfter() {
    return certificate.content().validBefore();
  }

  @Override
  public Bytes prove(byte[] statement) {
    return KeyProof.by(key, statement);
  }

  @Override
  public String toString() {
    return "OpenSSH %s credential %s of generation %d".formatted(profile, serial, generation);
  }
}
