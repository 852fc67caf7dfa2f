package io.carousel.deploy.node;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of a worker's configuration, which its operator may edit: a node changes the lines that
 * are its own, adds what is missing, and leaves everything else as it stands, comments too.
 */
final class WorkerYaml {
  private static final String INDENT = "  ";

  /** Behind a value that a node has set for as long as it is started with that option. */
  private static final String MARK = " # set by 'carousel up', and unset without it";

  private final List<String> lines;

  private WorkerYaml(List<String> lines) {
    this.lines = new ArrayList<>(lines);
  }

  /** With that text to begin with; empty for a new one. */
  static WorkerYaml of(String text) {
    return new WorkerYaml(text.lines().toList());
  }

  /** Sets a value of a section, whatever it was. */
  WorkerYaml set(String section, String key, String value) {
    int at = find(section, key);
    if (at >= 0) {
      lines.set(at, indent(lines.get(at)) + key + ": " + value);
    } else {
      add(section, key, value);
    }
    return this;
  }

  /** Sets a value of a section unless it has one. */
  WorkerYaml keep(String section, String key, String value) {
    if (find(section, key) < 0) {
      add(section, key, value);
    }
    return this;
  }

  /** The value of a section as it stands; empty text if there is none. */
  String value(String section, String key) {
    int at = find(section, key);
    return at < 0
        ? ""
        : lines.get(at).strip().substring(key.length() + 1).replaceFirst("\\s#.*", "").strip();
  }

  /**
   * Sets a flag to true while the node is started so; to false once it is not, if it was the node
   * that had set it.
   */
  WorkerYaml whileStartedSo(boolean so, String section, String key) {
    int at = find(section, key);
    if (so) {
      boolean operators = at >= 0 && value(section, key).equals("true");
      return operators ? this : set(section, key, "true" + MARK);
    }
    return at >= 0 && !lines.get(at).contains(MARK) ? this : set(section, key, "false");
  }

  /** A section without name is the top. */
  private int find(String section, String key) {
    int from = section.isEmpty() ? 0 : heading(section) + 1;
    if (!section.isEmpty() && from == 0) {
      return -1;
    }
    for (int i = from; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!section.isEmpty() && isTop(line)) {
        return -1;
      }
      boolean level = section.isEmpty() == indent(line).isEmpty();
      if (level && line.strip().startsWith(key + ":")) {
        return i;
      }
    }
    return -1;
  }

  private void add(String section, String key, String value) {
    if (section.isEmpty()) {
      lines.addFirst(key + ": " + value);
      return;
    }
    int at = heading(section);
    if (at < 0) {
      lines.add(section + ":");
      at = lines.size() - 1;
    }
    int end = at + 1;
    while (end < lines.size() && !isTop(lines.get(end))) {
      end++;
    }
    while (end > at + 1 && lines.get(end - 1).isBlank()) {
      end--;
    }
    String indent = end > at + 1 ? indent(lines.get(at + 1)) : INDENT;
    lines.add(end, (indent.isEmpty() ? INDENT : indent) + key + ": " + value);
  }

  private int heading(String section) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).replaceFirst("#.*", "").stripTrailing().equals(section + ":")) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isTop(String line) {
    return !line.isBlank() && indent(line).isEmpty() && !line.startsWith("#");
  }

  private static String indent(String line) {
    return line.substring(0, line.length() - line.stripLeading().length());
  }

  /** The whole. */
  String text() {
    return String.join("\n", lines) + "\n";
  }
}
