package io.carousel.agent;

import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;

/** A credential that a participant holds, with the private key that belongs to it. */
public sealed interface OwnCredential permits X509Credential, SshCredential {
  /** What kind it is. */
  Format format();

  /** What it is good for. */
  Profile profile();

  /** Its number among those that its CA key has signed. */
  Serial serial();

  /** Of the CA key that signed it. */
  int generation();

  /** SHA-256 of the SubjectPublicKeyInfo of that CA key. */
  Digest issuerKey();

  /** When it begins. */
  Instant notBefore();

  /** When it ends. */
  Instant notAfter();

  /** Shows that it is held, in a report with that statement. */
  Bytes prove(byte[] statement);

  /** What it is for: an authority's participant holds one for each. */
  default Use use() {
    return new Use(format(), profile());
  }

  /** The instant at which that fraction of its lifetime has passed. */
  default Instant after(double fraction) {
    Duration lifetime = Duration.between(notBefore(), notAfter());
    return notBefore().plusMillis((long) (lifetime.toMillis() * fraction));
  }

  /** A new key for a credential: ECDSA over P-256. */
  static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has P-256", e);
    }
  }
}
