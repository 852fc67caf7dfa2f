package io.carousel.events;

/** The name of one certificate authority, as {@code user} or {@code db}. */
public record AuthorityName(String value) implements Identifier, Comparable<AuthorityName> {
  /**
   * The authority by whose credentials orchestrators and participants know each other: of the house
   * itself, and rotated like any other.
   */
  public static final AuthorityName BUILT_IN = new AuthorityName("carousel");

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
