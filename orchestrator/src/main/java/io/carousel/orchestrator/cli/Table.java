package io.carousel.orchestrator.cli;

import io.carousel.orchestrator.text.PlainText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Rows below headings, each column as wide as it needs; nothing in a cell can leave it. Where a
 * terminal has fewer columns, the widest cells go on below themselves.
 */
final class Table {
  private static final String GAP = "  ";

  /** Narrower columns hold no word. */
  private static final int LEAST = 6;

  private final List<List<String>> rows = new ArrayList<>();
  private final int columns;

  Table(String... headings) {
    this.columns = headings.length;
    rows.add(List.of(headings));
  }

  Table row(Object... cells) {
    rows.add(Stream.of(cells).map(String::valueOf).map(PlainText::of).toList());
    return this;
  }

  void print(PrintWriter out, Style style) {
    int[] widths = widths(style.columns());
    for (int i = 0; i < rows.size(); i++) {
      for (String line : lines(rows.get(i), widths)) {
        out.println(i == 0 ? style.bold(line) : line);
      }
    }
  }

  private int[] widths(int most) {
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    int room = most - GAP.length() * (columns - 1);
    while (Arrays.stream(widths).sum() > room) {
      int widest = 0;
      for (int i = 1; i < columns; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths[widest] <= LEAST) {
        return widths;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static List<String> lines(List<String> row, int[] widths) {
    List<List<String>> cells = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < widths.length; i++) {
      cells.add(wrapped(row.get(i), widths[i]));
      height = Math.max(height, cells.get(i).size());
    }
    List<String> lines = new ArrayList<>();
    for (int n = 0; n < height; n++) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String part = n < cells.get(i).size() ? cells.get(i).get(n) : "";
        line.append(part);
        if (i < widths.length - 1) {
          line.repeat(' ', widths[i] - length(part)).append(GAP);
        }
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  /** At blanks where there are any, and within words that are too long. */
  private static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (length(rest) > width) {
      int end = rest.offsetByCodePoints(0, width);
      int blank = rest.lastIndexOf(' ', end);
      int cut = blank > 0 ? blank : end;
      lines.add(rest.substring(0, cut).stripTrailing());
      rest = rest.substring(cut).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
