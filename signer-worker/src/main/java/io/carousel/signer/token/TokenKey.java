package io.carousel.signer.token;

import io.carousel.events.Suite;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

/**
 * A whole key pair of a known suite, as the token shows it.
 *
 * @param id its {@code CKA_ID}
 * @param label its {@code CKA_LABEL}: the id of the command that made it
 * @param suite what it signs
 * @param spki the public key, DER {@code SubjectPublicKeyInfo} (RFC 5280, section 4.1)
 * @param protections what the token claims about the private half
 */
public record TokenKey(
    KeyId id, String label, Suite suite, byte[] spki, Set<Protection> protections) {

  /** Keeps copies. */
  public TokenKey {
    Objects.requireNonNull(id);
    Objects.requireNonNull(label);
    Objects.requireNonNull(suite);
    spki = spki.clone();
    protections = Set.copyOf(protections);
  }

  @Override
  public byte[] spki() {
    return spki.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenKey that
        && id.equals(that.id)
        && label.equals(that.label)
        && suite == that.suite
        && Arrays.equals(spki, that.spki)
        && protections.equals(that.protections);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, label, suite, Arrays.hashCode(spki), protections);
  }

  @Override
  public String toString() {
    return "%s key %s made by %s".formatted(suite, id, label);
  }
}
