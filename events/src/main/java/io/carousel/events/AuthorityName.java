package io.carousel.events;

/** The name of one certificate authority, as {@code user} or {@code db}. */
public record AuthorityName(String value) implements Identifier, Comparable<AuthorityName> {
  /** Checks the name. */
  public AuthorityName {
    Identifier.checkName("an authority", value);
  }

  @Override
  public int compareTo(AuthorityName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
