import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays out every Java source below a folder, or checks that it is laid out. Run by Maven as {@code
 * java build/Format.java check|apply FOLDER FAULTS}: a process of its own, because the formatter
 * needs the JDK that the sources are written for, and Maven may run on an older one. What a check
 * finds it writes to the file FAULTS, whose being there stops the build.
 */
final class Format {
  private static final Formatter FORMATTER =
      new Formatter(
          JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());

  public static void main(String[] args) throws IOException {
    boolean apply = args[0].equals("apply");
    Path root = Path.of(args[1]);
    Path faults = Path.of(args[2]);
    List<String> astray = new ArrayList<>();
    for (Path source : sources(root)) {
      String before = Files.readString(source);
      String after = formatted(before);
      if (!after.equals(before)) {
        astray.add(root.relativize(source).toString());
        if (apply) {
          Files.writeString(source, after);
        }
      }
    }
    astray.forEach(source -> System.out.println((apply ? "laid out " : "not laid out: ") + source));
    Files.deleteIfExists(faults);
    if (!apply && !astray.isEmpty()) {
      Files.write(faults, astray);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !built(root.relativize(file)))
          .sorted()
          .toList();
    }
  }

  /** Whether a file is the build's own product, or lies in a hidden folder. */
  private static boolean built(Path file) {
    for (Path name : file) {
      if (name.toString().equals("target") || name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** A text that does not parse stays as it is: the compiler says better what is wrong with it. */
  private static String formatted(String text) {
    try {
      return FORMATTER.formatSource(
          RemoveUnusedImports.removeUnusedImports(
              ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE)));
    } catch (FormatterException e) {
      return text;
    }
  }
}
