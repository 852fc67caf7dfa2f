package io.carousel.agent;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A certificate with the private key that belongs to it.
 *
 * @param serial the certificate's number
 * @param generation of the CA key that signed it
 * @param issuerKey SHA-256 of the SubjectPublicKeyInfo of that CA key
 * @param above CA certificates that are shown with it, because verifiers trust a root above them
 */
public record X509Credential(
    Profile profile,
    Serial serial,
    int generation,
    Digest issuerKey,
    X509Certificate certificate,
    PrivateKey key,
    List<X509Certificate> above)
    implements OwnCredential {
  /** Copies. */
  public X509Credential {
    above = List.copyOf(above);
  }

  /** One that is shown alone. */
  public X509Credential(
      Profile profile,
      Serial serial,
      int generation,
      Digest issuerKey,
      X509Certificate certificate,
      PrivateKey key) {
    this(profile, serial, generation, issuerKey, certificate, key, List.of());
  }

  @Override
  public Format format() {
    return Format.X509;
  }

  /** What is shown: itself first. */
  public List<X509Certificate> chain() {
    return Stream.concat(Stream.of(certificate), above.stream()).toList();
  }

  @Override
  public Instant notBefore() {
    return certificate.getNotBefore().toInstant();
  }

  @Override
  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  @Override
  public Bytes prove(byte[] statement) {
    return KeyProof.by(key, statement);
  }

  @Override
  public String toString() {
    return "%s credential %s of generation %d".formatted(profile, serial(), generation);
  }
}
