package io.carousel.signer.token;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import java.util.Objects;
import java.util.Set;

/**
 * A whole key pair of a known suite, as the token shows it.
 *
 * @param id its {@code CKA_ID}
 * @param label its {@code CKA_LABEL}: the id of the command that made it
 * @param suite what it signs
 * @param publicKey DER {@code SubjectPublicKeyInfo} (RFC 5280, section 4.1)
 * @param protections what the token claims about the private half
 */
public record TokenKey(
    KeyId id, String label, Suite suite, Bytes publicKey, Set<Protection> protections) {

  /** Keeps a copy of the set. */
  public TokenKey {
    Objects.requireNonNull(id);
    Objects.requireNonNull(label);
    Objects.requireNonNull(suite);
    Objects.requireNonNull(publicKey);
    protections = Set.copyOf(protections);
  }

  @Override
  public String toString() {
    return "%s key %s made by %s".formatted(suite, id, label);
  }
}
