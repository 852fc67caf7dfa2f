package io.carousel.agent.disk;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder whose files change together. Each set of files is a folder of its own below {@code
 * sets}, and is never changed once it is there; the link {@code current} says which one is to be
 * used, and is switched by one rename. The link {@code confirmed} says which one is known to work.
 * Whoever resolves {@code current} once reads one whole set: the one before the confirmed stays
 * until the next is confirmed, and each for a minute after it was replaced.
 *
 * <p>One process and one thread at a time may write.
 */
public final class SetFolder {
  /** How long whoever has resolved the link may take to read what it led to. */
  static final Duration READERS = Duration.ofMinutes(1);

  private static final String SETS = "sets";
  private static final String CURRENT = "current";
  private static final String CONFIRMED = "confirmed";
  private static final String DRAFT = ".new";

  private final Path folder;
  private final Ownership ownership;

  /** Sets in that folder, which is made with the first. */
  public SetFolder(Path folder, Ownership ownership) {
    this.folder = folder;
    this.ownership = ownership;
  }

  /** The folder of it all. */
  public Path folder() {
    return folder;
  }

  /** The set that is to be used; empty if there is none. */
  public Optional<Path> current() throws IOException {
    return target(CURRENT);
  }

  /** The set that is known to work; empty if there is none. */
  public Optional<Path> confirmed() throws IOException {
    return target(CONFIRMED);
  }

  private Optional<Path> target(String name) throws IOException {
    Path link = folder.resolve(name);
    if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    if (!Files.isSymbolicLink(link)) {
      throw new FileSystemException(
          link.toString(), null, "it is in the way, since it is no link of the agent's; move it");
    }
    return Optional.of(folder.resolve(Files.readSymbolicLink(link)).normalize())
        .filter(Files::isDirectory);
  }

  /**
   * Writes a new set; nobody uses it yet.
   *
   * @param files content by name
   * @throws IOException if it cannot be written; then nothing of it stays
   */
  public Path write(Map<String, Bytes> files) throws IOException {
    prepare();
    Path sets = folder.resolve(SETS);
    long number = lastNumber(sets) + 1;
    Path draft = sets.resolve("%06d%s".formatted(number, DRAFT));
    Path set = sets.resolve("%06d".formatted(number));
    try {
      Files.createDirectory(
          draft,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (Map.Entry<String, Bytes> file : files.entrySet()) {
        Path path = draft.resolve(file.getKey());
        DurableFile.create(path, file.getValue().toArray());
        ownership.applyToFile(path);
      }
      ownership.applyToFolder(draft);
      DurableFile.sync(draft);
      Files.move(draft, set, StandardCopyOption.ATOMIC_MOVE);
      DurableFile.sync(sets);
      return set;
    } catch (IOException e) {
      discard(draft);
      throw e;
    }
  }

  /** Makes the folder, and removes what a crash has left half done. */
  public void prepare() throws IOException {
    Path sets = folder.resolve(SETS);
    if (!Files.isDirectory(sets)) {
      boolean made = !Files.exists(folder);
      Files.createDirectories(sets);
      if (made) {
        ownership.applyToFolder(folder);
      }
      ownership.applyToFolder(sets);
    }
    for (Path left : list(sets)) {
      if (left.getFileName().toString().endsWith(DRAFT)) {
        discard(left);
      }
    }
  }

  private static long lastNumber(Path sets) throws IOException {
    return list(sets).stream()
        .map(path -> path.getFileName().toString())
        .filter(name -> name.matches("\\d{6,18}"))
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }

  /** Makes a set the one to be used; whoever resolves the link sees the old one or this one. */
  public void switchTo(Path set) throws IOException {
    link(CURRENT, set);
  }

  /**
   * Says that a set is known to work, and removes those before it, but for the last of them and
   * what may still be read.
   */
  public void confirm(Path set) throws IOException {
    Optional<Path> before = confirmed();
    link(CONFIRMED, set);
    Instant now = Instant.now();
    List<Path> all = list(folder.resolve(SETS)).stream().sorted().toList();
    for (int i = 0; i < all.size(); i++) {
      Path one = all.get(i);
      boolean kept = one.equals(set) || before.equals(Optional.of(one));
      boolean mayBeRead = i + 1 < all.size() && isRecent(all.get(i + 1), now);
      if (!kept && !mayBeRead) {
        discard(one);
      }
    }
  }

  /**
   * A set is replaced by the next, and so when that was made. One from the future was made by a
   * clock that was wrong, and would keep private keys for as long as it was ahead.
   */
  private static boolean isRecent(Path next, Instant now) throws IOException {
    Instant made = Files.getLastModifiedTime(next).toInstant();
    return made.isAfter(now.minus(READERS)) && !made.isAfter(now.plus(READERS));
  }

  /**
   * Removes a set that did not work. Where no other one ever did, it stays, and those that did not
   * work before it go.
   */
  public void abandon(Path set) throws IOException {
    if (confirmed().isPresent()) {
      discard(set);
      return;
    }
    for (Path other : list(folder.resolve(SETS))) {
      if (!other.equals(set)) {
        discard(other);
      }
    }
  }

  private void link(String name, Path set) throws IOException {
    Path draft = folder.resolve("." + name + DRAFT);
    Files.deleteIfExists(draft);
    Files.createSymbolicLink(draft, folder.relativize(set));
    Files.move(draft, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    DurableFile.sync(folder);
  }

  private static void discard(Path set) throws IOException {
    if (!Files.exists(set, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(set)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /**
   * Why sets could not be written here; empty if they could.
   *
   * @return what is wrong and what to do
   */
  public Optional<String> obstacle() {
    Path existing = folder.toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      return Optional.of("%s is no folder".formatted(existing));
    }
    if (!Files.isWritable(existing)) {
      return Optional.of(
          "the folder %s cannot be written by the agent's user '%s'; let it, or name another folder"
              .formatted(existing, System.getProperty("user.name")));
    }
    return Optional.empty();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}
