package io.carousel.events;

import java.util.regex.Pattern;

/** The identity of one house, that is of one log: chosen at its founding, never changed. */
public record HouseId(String value) implements Identifier, Comparable<HouseId> {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

  /** Checks the form. */
  public HouseId {
    Identifier.check("house id", FORM, value);
  }

  @Override
  public int compareTo(HouseId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
