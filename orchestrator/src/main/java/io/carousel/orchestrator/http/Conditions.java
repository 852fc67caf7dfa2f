package io.carousel.orchestrator.http;

/** Header fields by which callers say what they take, or have already (RFC 9110). */
final class Conditions {
  private Conditions() {}

  /**
   * Whether an {@code If-None-Match} names that entity tag, or any (RFC 9110, section 13.1.2). Tags
   * are compared weakly: proxies that compress weaken them on the way. Anything else in the field
   * matches nothing.
   *
   * @param tag with its quotes
   */
  static boolean noneMatchNames(String field, String tag) {
    if (field.strip().equals("*")) {
      return true;
    }
    int at = 0;
    while (at < field.length()) {
      int open = field.indexOf('"', at);
      int close = open < 0 ? -1 : field.indexOf('"', open + 1);
      if (close < 0) {
        return false;
      }
      if (field.substring(open, close + 1).equals(tag)) {
        return true;
      }
      at = close + 1;
    }
    return false;
  }

  /**
   * Whether an {@code Accept} takes a media type (RFC 9110, section 12.5.1): by the most specific
   * of the ranges that fit. What is no range is passed over.
   */
  static boolean accepts(String field, String type, String subtype) {
    int best = -1;
    boolean taken = false;
    for (String range : field.split(",", -1)) {
      String[] parts = range.split(";", -1);
      int specific = specific(parts[0].strip(), type, subtype);
      if (specific >= 0 && specific >= best) {
        best = specific;
        taken = !isRefused(parts);
      }
    }
    return taken;
  }

  private static int specific(String range, String type, String subtype) {
    if (range.equals("*/*")) {
      return 0;
    }
    if (range.equalsIgnoreCase(type + "/*")) {
      return 1;
    }
    return range.equalsIgnoreCase(type + "/" + subtype) ? 2 : -1;
  }

  /** A weight of nothing: {@code q=0}, {@code q=0.000}. */
  private static boolean isRefused(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("[qQ]=0(\\.0{0,3})?")) {
        return true;
      }
    }
    return false;
  }
}
