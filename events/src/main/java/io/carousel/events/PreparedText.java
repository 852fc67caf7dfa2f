package io.carousel.events;

import java.text.Normalizer;
import java.util.Locale;

/**
 * The preparation of texts that are compared (RFC 4518, section 2, by RFC 5280, section 7.1): what
 * is not seen is left out, blanks are one, cases are folded, and compatible characters the same.
 */
final class PreparedText {
  private PreparedText() {}

  static String of(String text) {
    String mapped = mapped(text);
    // To capitals and back is what folds cases (RFC 3454, appendix B.2): 'ß' is 'ss'.
    String folded = mapped.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    String normal = mapped(Normalizer.normalize(folded, Normalizer.Form.NFKC));
    return normal.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).strip().replaceAll(" +", " ");
  }

  /** RFC 4518, section 2.2. */
  private static String mapped(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .filter(c -> !isNothing(c))
        .map(c -> isBlank(c) ? ' ' : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean isBlank(int c) {
    return (c >= 0x09 && c <= 0x0d) || c == 0x85 || Character.isSpaceChar(c);
  }

  private static boolean isNothing(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> !isBlank(c);
      case Character.FORMAT -> true;
      default -> c == 0x034f || c == 0xfffc || (c >= 0x180b && c <= 0x180d) || isVariation(c);
    };
  }

  private static boolean isVariation(int c) {
    return (c >= 0xfe00 && c <= 0xfe0f) || c == 0x1806;
  }
}
