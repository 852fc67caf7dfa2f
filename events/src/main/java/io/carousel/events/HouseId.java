package io.carousel.events;

/** The identity of one house, that is of one log: chosen at its founding, never changed. */
public record HouseId(String value) implements Identifier, Comparable<HouseId> {
  /** Checks the form. */
  public HouseId {
    Identifier.checkHex("house id", 32, value);
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
