package io.carousel.events;

/** The name of one member of the fleet, as {@code web-1}. */
public record ParticipantName(String value) implements Identifier, Comparable<ParticipantName> {
  /** Checks the name. */
  public ParticipantName {
    Identifier.checkName("a participant", value);
  }

  @Override
  public int compareTo(ParticipantName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
