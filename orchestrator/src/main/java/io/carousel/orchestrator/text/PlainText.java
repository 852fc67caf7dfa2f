package io.carousel.orchestrator.text;

import io.carousel.events.Span;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Text that is safe to print, and small things said as people say them. */
public final class PlainText {
  private PlainText() {}

  /**
   * The same text on one line, with every character that could steer a terminal or reorder a line
   * (control and format characters, line separators, half characters) shown as its number.
   */
  public static String of(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (printable(c)) {
            out.appendCodePoint(c);
          } else {
            out.append("\\u{%x}".formatted(c));
          }
        });
    return out.toString();
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** As {@code hsm-a, hsm-b and hsm-c}. */
  public static String list(List<?> things) {
    if (things.isEmpty()) {
      return "none";
    }
    int last = things.size() - 1;
    String first =
        things.subList(0, last).stream().map(String::valueOf).collect(Collectors.joining(", "));
    return first.isEmpty() ? String.valueOf(things.get(last)) : first + " and " + things.get(last);
  }

  /** As {@code 3 keys} or {@code 1 key}. */
  public static String count(long number, String one) {
    return number == 1 ? "1 " + one : number + " " + one + "s";
  }

  /** In the units that a command line takes, as {@code 7d}, {@code 1d12h} or {@code 90s}. */
  public static String duration(Duration d) {
    return Span.text(d);
  }
}
