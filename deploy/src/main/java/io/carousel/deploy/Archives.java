package io.carousel.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The launcher keeps the classes of an earlier run for later ones; this run tells it whether its
 * own are worth keeping.
 */
final class Archives {
  private Archives() {}

  /** This run has loaded what such a run loads. */
  static void worthKeeping() {
    String mark = System.getProperty("carousel.archive.mark");
    if (mark == null) {
      return;
    }
    try {
      Files.writeString(Path.of(mark), "");
    } catch (IOException e) {
      // The next start will be as slow as this one; nobody needs to know.
    }
  }
}
