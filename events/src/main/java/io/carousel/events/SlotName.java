package io.carousel.events;

/** Our name for one HSM token, as {@code hsm-a}. */
public record SlotName(String value) implements Identifier, Comparable<SlotName> {
  /** Checks the name. */
  public SlotName {
    Identifier.checkName("a slot", value);
  }

  @Override
  public int compareTo(SlotName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
