package io.carousel.events;

/** The name of a process that signs records, as {@code orchestrator-1}. */
public record AuthorName(String value) implements Identifier, Comparable<AuthorName> {
  /** Checks the name. */
  public AuthorName {
    Identifier.checkName("an author", value);
  }

  @Override
  public int compareTo(AuthorName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
