package io.carousel.events;

import java.util.regex.Pattern;

/** One rotation of one authority: the authority's name, a slash and a number from 1. */
public record RotationId(String value) implements Identifier, Comparable<RotationId> {
  private static final Pattern FORM =
      Pattern.compile(Identifier.NAME.pattern() + "/[1-9][0-9]{0,8}");

  /** Checks the form. */
  public RotationId {
    Identifier.check("rotation id", FORM, value);
  }

  /** The rotation of that authority with that number. */
  public static RotationId of(AuthorityName authority, int number) {
    return new RotationId(authority.value() + "/" + number);
  }

  @Override
  public int compareTo(RotationId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
