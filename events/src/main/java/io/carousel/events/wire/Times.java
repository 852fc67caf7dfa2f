package io.carousel.events.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/** Points in time as texts. Every event holds one, and the library's parser is slow. */
final class Times {
  private static final String FORM = "0000-00-00T00:00:00";
  private static final int[] SCALE = {
    0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
  };

  private Times() {}

  /**
   * As {@link Instant#parse}: texts of the form that {@link Instant#toString()} gives are read
   * here, all others are left to it.
   *
   * @throws DateTimeException if it is no time
   */
  static Instant parse(String text) {
    int last = text.length() - 1;
    if (!isOurForm(text, last)) {
      return Instant.parse(text);
    }
    int hour = number(text, 11, 13);
    int minute = number(text, 14, 16);
    int second = number(text, 17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      return Instant.parse(text);
    }
    LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    int decimals = Math.max(0, last - FORM.length() - 1);
    int nanos = decimals == 0 ? 0 : number(text, FORM.length() + 1, last) * SCALE[decimals];
    return Instant.ofEpochSecond(
        day.toEpochDay() * 86_400 + hour * 3_600L + minute * 60L + second, nanos);
  }

  /** Digits where {@link #FORM} has a nought; then at most nine decimals; then Z. */
  private static boolean isOurForm(String text, int last) {
    int decimals = last - FORM.length() - 1;
    if (last < FORM.length() || decimals == 0 || decimals > 9 || text.charAt(last) != 'Z') {
      return false;
    }
    for (int i = 0; i < last; i++) {
      char c = text.charAt(i);
      char form = i < FORM.length() ? FORM.charAt(i) : i == FORM.length() ? '.' : '0';
      if (form == '0' ? c < '0' || c > '9' : c != form) {
        return false;
      }
    }
    return true;
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }
}
