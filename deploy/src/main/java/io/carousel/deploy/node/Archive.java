package io.carousel.deploy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes that a program of ours loads, mapped instead of parsed: half of a small program's
 * start. The JVM writes them when it ends; only what a run that got far enough has written is kept.
 *
 * @param file the archive in use
 * @param draft what a run of this process's children writes
 */
record Archive(Path file, Path draft) {
  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);

  /** Of that program; empty unless whoever started this process says where archives are kept. */
  static Optional<Archive> of(String program) {
    String folder = System.getProperty("carousel.archives");
    if (folder == null) {
      return Optional.empty();
    }
    String name = program + ".jsa";
    long pid = ProcessHandle.current().pid();
    return Optional.of(
        new Archive(Path.of(folder, name), Path.of(folder, "%s.%d".formatted(name, pid))));
  }

  /**
   * For the JVM.
   *
   * @param mayWrite whether this run may write one where there is none; one at a time
   */
  List<String> flags(boolean mayWrite) {
    // What the JVM has to say about its archives is of no interest here.
    String silence = "-Xlog:all=error,cds*=off,aot*=off:stderr";
    if (isCurrent()) {
      return List.of("-XX:SharedArchiveFile=" + file, "-Xlog:disable", silence);
    }
    return mayWrite
        ? List.of("-XX:ArchiveClassesAtExit=" + draft, "-Xlog:disable", silence)
        : List.of();
  }

  /** Whether it is newer than the program. */
  private boolean isCurrent() {
    String first = System.getProperty("java.class.path").split(java.io.File.pathSeparator, 2)[0];
    try {
      return Files.exists(file)
          && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(Path.of(first)))
              > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Keeps what a run has written, if it has. */
  void keep() {
    try {
      if (Files.exists(draft)) {
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      LOG.info("the next start will be a slow one again: {}", e.toString());
    }
  }
}
