package io.carousel.events;

/** What an enrolment token is known by: the first 16 hex digits of its key's digest. */
public record EnrolmentTokenId(String value) implements Identifier, Comparable<EnrolmentTokenId> {
  private static final int DIGITS = 16;

  /** Checks the form. */
  public EnrolmentTokenId {
    Identifier.checkHex("id of an enrolment token", DIGITS, value);
  }

  /**
   * Of the token with that key.
   *
   * @param publicKey Ed25519, as SubjectPublicKeyInfo
   */
  public static EnrolmentTokenId of(Bytes publicKey) {
    return new EnrolmentTokenId(publicKey.digest().value().substring(0, DIGITS));
  }

  @Override
  public int compareTo(EnrolmentTokenId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
