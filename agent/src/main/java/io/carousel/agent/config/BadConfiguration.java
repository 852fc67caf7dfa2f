package io.carousel.agent.config;

import java.nio.file.Path;
import java.util.List;

/** A configuration that nothing is started with. */
public final class BadConfiguration extends Exception {
  BadConfiguration(Path file, List<String> faults) {
    super("configuration %s: %s".formatted(file, text(faults)));
  }

  private static String text(List<String> faults) {
    return faults.size() == 1 ? faults.getFirst() : "\n  - " + String.join("\n  - ", faults);
  }
}
