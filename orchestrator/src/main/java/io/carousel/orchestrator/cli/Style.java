package io.carousel.orchestrator.cli;

/**
 * Colours, where they are wanted (ECMA-48, section 8.3.117), and how wide the terminal is.
 *
 * @param columns of the terminal; a great number where there is none
 */
record Style(boolean coloured, int columns) {
  /** Of no terminal that wraps. */
  Style(boolean coloured) {
    this(coloured, Integer.MAX_VALUE / 2);
  }

  private static final String END = "\u001b[0m";

  String bold(String text) {
    return in("1", text);
  }

  String green(String text) {
    return in("32", text);
  }

  String yellow(String text) {
    return in("33", text);
  }

  String red(String text) {
    return in("31", text);
  }

  private String in(String code, String text) {
    return coloured && !text.isEmpty() ? "\u001b[%sm%s%s".formatted(code, text, END) : text;
  }
}
