package io.carousel.events.jose;

import io.carousel.events.SubjectPublicKey;
import java.util.Map;

/** A public key that verifies tokens (RFC 7517, section 4), as verifiers read it. */
public sealed interface PublishedJwk permits Jwk, ForeignJwk {
  /** The key. */
  SubjectPublicKey key();

  /** Its name. */
  String kid();

  /** All of it by name: what makes the key, then {@code kid}, {@code alg} and {@code use}. */
  Map<String, String> members();
}
