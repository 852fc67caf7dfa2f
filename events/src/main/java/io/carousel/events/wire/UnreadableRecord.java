package io.carousel.events.wire;

import static java.util.stream.Collectors.joining;

import io.carousel.events.Identifier;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Bytes that are not what they should be. Its message shows nothing of them unescaped. */
public final class UnreadableRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 500;

  /** What the parser adds about its own settings. */
  private static final Pattern SETTINGS = Pattern.compile(";? *`DeserializationFeature.*");

  UnreadableRecord(String message, Throwable cause) {
    super(message, cause);
  }

  static UnreadableRecord of(Class<?> type, JacksonException e) {
    String message =
        "not a readable %s: %s%s".formatted(type.getSimpleName(), escaped(why(e)), where(e));
    return new UnreadableRecord(message, e);
  }

  private static String why(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException u) {
      return "there is no field %s here".formatted(Identifier.printable(u.getPropertyName()));
    }
    Throwable root = e;
    while (root.getCause() instanceof RuntimeException deeper) {
      root = deeper;
    }
    return switch (root) {
      case JacksonException j -> SETTINGS.matcher(j.getOriginalMessage()).replaceFirst("");
      case NullPointerException _ -> "something in it is null that must not be";
      default -> String.valueOf(root.getMessage());
    };
  }

  private static String where(JacksonException e) {
    String path = e.getPath().stream().map(UnreadableRecord::step).collect(joining(" "));
    if (!path.isEmpty()) {
      return " (at %s)".formatted(path);
    }
    return e instanceof StreamReadException && e.getLocation() != null
        ? " (at byte %d)".formatted(Math.max(0, e.getLocation().getByteOffset()))
        : "";
  }

  private static String step(JacksonException.Reference step) {
    return step.getPropertyName() == null
        ? "entry %d".formatted(step.getIndex())
        : Identifier.printable(step.getPropertyName());
  }

  /** The parser's messages quote what it met. */
  private static String escaped(String text) {
    var out = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(c -> {
          if ((c >= 0x20 && c < 0x7f) || Character.isLetterOrDigit(c) || c == '…') {
            out.appendCodePoint(c);
          } else {
            out.append("\\u{%x}".formatted(c));
          }
        });
    return out.toString();
  }
}
