package io.carousel.events.wire;

import tools.jackson.core.JacksonException;

/** Bytes that are not what they should be. */
public final class UnreadableRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableRecord(String message, Throwable cause) {
    super(message, cause);
  }

  static UnreadableRecord of(Class<?> type, JacksonException e) {
    Throwable root = e;
    while (root.getCause() instanceof RuntimeException deeper) {
      root = deeper;
    }
    String why =
        root instanceof JacksonException j
            ? j.getOriginalMessage()
            : String.valueOf(root.getMessage());
    String where = e.getPathReference();
    return new UnreadableRecord(
        "not a readable %s: %s%s"
            .formatted(
                type.getSimpleName(),
                why,
                where == null || where.isEmpty() ? "" : " (at " + where + ")"),
        e);
  }
}
