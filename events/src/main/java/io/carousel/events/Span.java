package io.carousel.events;

import java.time.Duration;
import java.util.StringJoiner;

/** Spans of time as people write them: {@code 40d}, {@code 1d12h}, {@code 90s}. */
public final class Span {
  private Span() {}

  /** That span; the same text is read where spans are configured. */
  public static String text(Duration span) {
    if (span.isNegative()) {
      return "-" + text(span.negated());
    }
    var parts = new StringJoiner("");
    part(parts, span.toDaysPart(), "d");
    part(parts, span.toHoursPart(), "h");
    part(parts, span.toMinutesPart(), "m");
    part(parts, span.toSecondsPart(), "s");
    part(parts, span.toMillisPart(), "ms");
    return parts.length() == 0 ? "0s" : parts.toString();
  }

  private static void part(StringJoiner parts, long number, String unit) {
    if (number != 0) {
      parts.add(number + unit);
    }
  }
}
