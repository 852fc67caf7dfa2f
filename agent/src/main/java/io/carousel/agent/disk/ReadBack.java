package io.carousel.agent.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares a set with what was written. A set that somebody has changed is not mended in place, but
 * replaced.
 *
 * @param files what each was written with, by name
 * @param agents names of those that belong to the agent's own user
 */
record ReadBack(Ownership ownership, Map<String, FileMark> files, Set<String> agents) {

  /** What is not as it was written; empty if all is. */
  Optional<String> flaw(OpenFolder there, String sets, String set) {
    Path path = there.path().resolve(sets);
    try {
      Optional<String> above = flawOfFolder(there, sets);
      if (above.isPresent()) {
        return above;
      }
      try (OpenFolder all = there.folder(sets)) {
        Optional<String> own = flawOfFolder(all, set);
        if (own.isPresent()) {
          return own;
        }
        path = path.resolve(set);
        try (OpenFolder one = all.folder(set)) {
          return flaw(one);
        }
      }
    } catch (IOException e) {
      return Optional.of(text(path, e));
    }
  }

  private Optional<String> flaw(OpenFolder set) throws IOException {
    for (Map.Entry<String, FileMark> file : files.entrySet()) {
      String name = file.getKey();
      Ownership due = agents.contains(name) ? ownership.ofAgent() : ownership;
      Optional<String> flaw = flawOfFile(set, name, file.getValue(), due);
      if (flaw.isPresent()) {
        return flaw;
      }
    }
    return Optional.empty();
  }

  private Optional<String> flawOfFolder(OpenFolder above, String name) throws IOException {
    Path path = above.path().resolve(name);
    Optional<PosixFileAttributes> found = above.find(name);
    if (found.isEmpty()) {
      return Optional.of("%s is gone".formatted(path));
    }
    if (!found.get().isDirectory()) {
      return Optional.of("%s is no folder any more".formatted(path));
    }
    return ownership.flawOfFolder(found.get()).map(flaw -> "%s %s".formatted(path, flaw));
  }

  /** The same of one file. */
  static Optional<String> flawOfFile(
      OpenFolder folder, String name, FileMark content, Ownership due) {
    Path path = folder.path().resolve(name);
    try {
      Optional<PosixFileAttributes> found = folder.find(name);
      if (found.isEmpty()) {
        return Optional.of("%s is gone".formatted(path));
      }
      if (!found.get().isRegularFile()) {
        return Optional.of("%s is no file any more".formatted(path));
      }
      Optional<String> flaw = due.flawOfFile(found.get());
      if (flaw.isPresent()) {
        return Optional.of("%s %s".formatted(path, flaw.get()));
      }
      if (folder.links(name) != 1) {
        return Optional.of("%s has another name elsewhere (a hard link)".formatted(path));
      }
      return found.get().size() == content.length()
              && FileMark.of(folder.read(name, content.length())).equals(content)
          ? Optional.empty()
          : Optional.of("%s has another content than was written".formatted(path));
    } catch (IOException e) {
      return Optional.of(text(path, e));
    }
  }

  static String text(Path path, IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return e instanceof FileSystemException || !message.contains(path.toString())
        ? "%s cannot be read back: %s".formatted(path, e)
        : message;
  }
}
