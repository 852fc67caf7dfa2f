package io.carousel.events;

/** Which key of a generation: a slot, a slash and a format, as {@code hsm-a/x509}. */
public record KeyPlace(String value) implements Identifier, Comparable<KeyPlace> {
  /** Checks both parts. */
  public KeyPlace {
    int slash = value == null ? -1 : value.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "%s is no place of a key".formatted(Identifier.printable(value)));
    }
    Identifier.checkName("a slot", value.substring(0, slash));
    Word.of(Format.class, value.substring(slash + 1));
  }

  /** That of that format in that slot. */
  public static KeyPlace of(SlotName slot, Format format) {
    return new KeyPlace(slot + "/" + format);
  }

  /** The slot. */
  public SlotName slot() {
    return new SlotName(value.substring(0, value.indexOf('/')));
  }

  /** The format. */
  public Format format() {
    return Word.of(Format.class, value.substring(value.indexOf('/') + 1));
  }

  @Override
  public int compareTo(KeyPlace other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
