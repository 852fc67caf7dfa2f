import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Names the tests that one module's run skipped, whatever engine ran them: {@code java
 * build/SkippedTests.java REPORTS FAULTS} reads Surefire's reports and writes what it finds to the
 * file FAULTS, whose being there stops the build.
 */
final class SkippedTests {
  public static void main(String[] args) throws Exception {
    Path faults = Path.of(args[1]);
    List<String> skipped = new ArrayList<>();
    for (Path report : reports(Path.of(args[0]))) {
      skipped.addAll(skippedIn(report));
    }
    skipped.forEach(test -> System.out.println("skipped: " + test));
    Files.deleteIfExists(faults);
    if (!skipped.isEmpty()) {
      Files.write(faults, skipped);
    }
  }

  private static List<Path> reports(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
          .sorted()
          .toList();
    }
  }

  private static List<String> skippedIn(Path report) throws Exception {
    File file = report.toFile();
    var marks =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(file)
            .getElementsByTagName("skipped");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < marks.getLength(); i++) {
      Element mark = (Element) marks.item(i);
      Element test = (Element) mark.getParentNode();
      names.add(
          "%s.%s: %s"
              .formatted(test.getAttribute("classname"), test.getAttribute("name"), reason(mark)));
    }
    return names;
  }

  /** A disabled test carries its reason as an attribute, an aborted one as its stack trace. */
  private static String reason(Element mark) {
    return mark.hasAttribute("message")
        ? mark.getAttribute("message")
        : mark.getTextContent().strip().lines().findFirst().orElse("no reason given");
  }
}
