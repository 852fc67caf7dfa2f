package io.carousel.events;

import java.util.regex.Pattern;

/** A name or number by which something is known; travels as its plain text. */
public sealed interface Identifier
    permits AuthorName,
        AuthorityName,
        CaSubject,
        CommandId,
        CrlNumber,
        Digest,
        EnrolmentTokenId,
        HouseId,
        KeyId,
        KeyPlace,
        ListedSerial,
        NamePattern,
        ParticipantName,
        RotationId,
        Serial,
        SlotName,
        SpiffeId,
        SubjectName,
        TrustDomain {

  /** The text that records carry and people type. */
  String value();

  /** Lower-case letters, digits, dots and hyphens; starts and ends with a letter or digit. */
  Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?");

  /**
   * Checks a name that people choose.
   *
   * @param kind what is named, for the message
   * @throws IllegalArgumentException if it is no such name; control characters are shown escaped
   */
  static String checkName(String kind, String value) {
    if (value == null || !isName(value)) {
      throw new IllegalArgumentException(
          "%s is no name for %s: use 1 to 63 lower-case letters, digits, dots and hyphens"
              .formatted(printable(value), kind));
    }
    return value;
  }

  /** As {@link #NAME} says, and much faster: every record that is read holds several names. */
  private static boolean isName(String value) {
    int last = value.length() - 1;
    for (int i = 0; i <= last; i++) {
      char c = value.charAt(i);
      boolean inside = i > 0 && i < last && (c == '.' || c == '-');
      if (!inside && (c < 'a' || c > 'z') && (c < '0' || c > '9')) {
        return false;
      }
    }
    return last >= 0 && last < 63;
  }

  /**
   * Checks lower-case hex.
   *
   * @param digits how many
   * @throws IllegalArgumentException if it is none, or longer or shorter
   */
  static String checkHex(String kind, int digits, String value) {
    boolean hex = value != null && value.length() == digits;
    for (int i = 0; hex && i < digits; i++) {
      char c = value.charAt(i);
      hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!hex) {
      throw new IllegalArgumentException("%s is no %s".formatted(printable(value), kind));
    }
    return value;
  }

  /**
   * Checks a text that programs make.
   *
   * @throws IllegalArgumentException if it does not match
   */
  static String check(String kind, Pattern pattern, String value) {
    if (value == null || !pattern.matcher(value).matches()) {
      throw new IllegalArgumentException("%s is no %s".formatted(printable(value), kind));
    }
    return value;
  }

  /**
   * That text, cut to so many characters, with a question mark for each that could upset a terminal
   * or could not be written.
   */
  static String plain(String text, int limit) {
    var out = new StringBuilder();
    text.codePoints().limit(limit).map(c -> unfit(c) ? '?' : c).forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean unfit(int c) {
    // The last two: what turns the direction of text (Unicode Annex 9), to make it seem another.
    return Character.isISOControl(c)
        || Character.getType(c) == Character.SURROGATE
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  /** At most 80 characters in quotes, with anything but printable ASCII escaped. */
  static String printable(String value) {
    if (value == null) {
      return "nothing";
    }
    var out = new StringBuilder("'");
    value
        .codePoints()
        .limit(80)
        .forEach(c -> {
          if (c >= 0x20 && c < 0x7f) {
            out.appendCodePoint(c);
          } else {
            out.append("\\u{%x}".formatted(c));
          }
        });
    return out.append(value.length() > 80 ? "…'" : "'").toString();
  }
}
