package io.carousel.events.openssh;

import io.carousel.events.Identifier;

/** Texts as they may stand in these formats: sshd writes them into its log, people into files. */
final class Texts {
  private Texts() {}

  static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  /**
   * Checks a text that is not empty.
   *
   * @param kind what it is, for the message
   * @throws IllegalArgumentException if it is empty, too long, begins or ends with a space, or
   *     holds more than printable ASCII
   */
  static void check(String kind, String text, int limit) {
    if (text.isEmpty()
        || text.length() > limit
        || !isPrintable(text)
        || !text.strip().equals(text)) {
      throw new IllegalArgumentException(
          "%s is no %s: use 1 to %d printable ASCII characters, without spaces around them"
              .formatted(Identifier.printable(text), kind, limit));
    }
  }

  /**
   * Checks a text that is not empty and holds none of those characters.
   *
   * @throws IllegalArgumentException if it does, or is no text that {@link #check} allows
   */
  static void checkWord(String kind, String text, int limit, String forbidden) {
    check(kind, text, limit);
    if (text.chars().anyMatch(c -> forbidden.indexOf(c) >= 0)) {
      throw new IllegalArgumentException(
          "%s is no %s: none of these may stand in it: %s"
              .formatted(Identifier.printable(text), kind, forbidden.replace(" ", "space ")));
    }
  }
}
