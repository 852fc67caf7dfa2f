package io.carousel.agent;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
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
public record OwnCredential(
    Profile profile,
    Serial serial,
    int generation,
    Digest issuerKey,
    X509Certificate certificate,
    PrivateKey key,
    List<X509Certificate> above) {
  /** Copies. */
  public OwnCredential {
    above = List.copyOf(above);
  }

  /** One that is shown alone. */
  public OwnCredential(
      Profile profile,
      Serial serial,
      int generation,
      Digest issuerKey,
      X509Certificate certificate,
      PrivateKey key) {
    this(profile, serial, generation, issuerKey, certificate, key, List.of());
  }

  /** A new key for a credential: ECDSA over P-256. */
  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has P-256", e);
    }
  }

  /** What is shown: itself first. */
  public List<X509Certificate> chain() {
    return Stream.concat(Stream.of(certificate), above.stream()).toList();
  }

  /** When it begins. */
  public Instant notBefore() {
    return certificate.getNotBefore().toInstant();
  }

  /** When it ends. */
  public Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  /** The instant at which that fraction of its lifetime has passed. */
  public Instant after(double fraction) {
    Duration lifetime = Duration.between(notBefore(), notAfter());
    return notBefore().plusMillis((long) (lifetime.toMillis() * fraction));
  }

  /** Shows that its key is at hand: ECDSA with SHA-256 over a statement, DER. */
  public Bytes prove(byte[] statement) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initSign(key);
      ecdsa.update(statement);
      return Bytes.of(ecdsa.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "the key of credential %s cannot sign".formatted(serial()), e);
    }
  }

  @Override
  public String toString() {
    return "%s credential %s of generation %d".formatted(profile, serial(), generation);
  }
}
