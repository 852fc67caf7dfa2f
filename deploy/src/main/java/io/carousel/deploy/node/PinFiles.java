package io.carousel.deploy.node;

import io.carousel.events.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a person changes to have a refused PIN tried again: the PIN files of a slot, and the mark
 * that its worker leaves beside them.
 *
 * @param mark there while the PIN counts as wrong
 */
record PinFiles(List<Path> files, Path mark) {
  PinFiles {
    files = List.copyOf(files);
  }

  /** Those of a slot of a node. */
  static PinFiles of(Path folder) {
    return new PinFiles(
        List.of(folder.resolve("pin"), folder.resolve("so-pin")), folder.resolve("pin.refused"));
  }

  /** To be compared later. */
  Object state() {
    var all = new ArrayList<String>();
    for (Path file : files) {
      all.add(content(file));
    }
    all.add(content(mark));
    return all;
  }

  /** Whether something was changed since, and no mark forbids to try again. */
  boolean isPutRightSince(Object state) {
    return !Files.exists(mark) && !state().equals(state);
  }

  private static String content(Path file) {
    try {
      // A file that was only touched says that the PIN is right: it may be the token that changed.
      return Digest.of(Files.readAllBytes(file)) + " of " + Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return "unreadable";
    }
  }
}
