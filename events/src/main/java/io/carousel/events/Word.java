package io.carousel.events;

/** One of a closed set of words; travels as its hand-chosen text. */
public interface Word {
  /** The text that records carry. */
  String wire();

  /**
   * The constant of that text.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  static <E extends Enum<E> & Word> E of(Class<E> type, String wire) {
    for (E constant : type.getEnumConstants()) {
      if (constant.wire().equals(wire)) {
        return constant;
      }
    }
    var known = new java.util.StringJoiner(", ");
    for (E constant : type.getEnumConstants()) {
      known.add(constant.wire());
    }
    throw new IllegalArgumentException(
        "%s is none of: %s".formatted(Identifier.printable(wire), known));
  }
}
