package io.carousel.agent.disk;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder whose files change together. Each set of files is a folder of its own below {@code
 * sets}, and is never changed once it is there; the link {@code current} says which one is to be
 * used, and is switched by one rename. The link {@code confirmed} says which one is known to work.
 * Whoever resolves {@code current} once reads one whole set: the one before the confirmed stays
 * until the next is confirmed, and each for a minute after it was replaced.
 *
 * <p>The files may belong to a service's user; the folders belong to the agent's own, so that no
 * service decides what the agent writes or deletes. No link is followed on the way to a file, and
 * nothing is deleted but sets by their names, and in them files by theirs.
 *
 * <p>One process and one thread at a time may write.
 */
public final class SetFolder {
  /** How long whoever has resolved the link may take to read what it led to. */
  static final Duration READERS = Duration.ofMinutes(1);

  /** Of a file of a set, in bytes; the longest are KRLs (Krl.SIZE_LIMIT). */
  private static final int LONGEST = 17 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SetFolder.class);
  private static final String SETS = "sets";
  private static final String CURRENT = "current";
  private static final String CONFIRMED = "confirmed";
  private static final String DRAFT = ".new";
  private static final Pattern SET = Pattern.compile("\\d{6,18}");

  private final Path folder;
  private final Ownership ownership;

  /** Those that files of its sets have. */
  private final Set<String> fileNames = ConcurrentHashMap.newKeySet();

  /** The greatest number that a confirmed set of this run had: no other gets it again. */
  private long last;

  /**
   * Of the folder itself, which may be older than the agent; as it was when a set was confirmed.
   */
  private Optional<Set<PosixFilePermission>> mode = Optional.empty();

  /**
   * Sets in that folder, which is made with the first.
   *
   * @param fileNames those that files of its sets have: no others are deleted
   */
  public SetFolder(Path folder, Ownership ownership, Set<String> fileNames) {
    this.folder = folder.toAbsolutePath().normalize();
    this.ownership = ownership;
    this.fileNames.addAll(fileNames);
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

  /** A link that leads to anything but a set that is there says nothing. */
  private Optional<Path> target(String name) throws IOException {
    Optional<OpenFolder> opened = Places.enter(folder, ownership);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (OpenFolder there = opened.get()) {
      Optional<String> set = linked(there, name);
      if (set.isEmpty() || there.find(SETS).filter(PosixFileAttributes::isDirectory).isEmpty()) {
        return Optional.empty();
      }
      try (OpenFolder sets = there.own(SETS)) {
        return set.filter(s -> isFolder(sets, s)).map(s -> folder.resolve(SETS).resolve(s));
      }
    }
  }

  private static boolean isFolder(OpenFolder sets, String name) {
    try {
      return sets.find(name).filter(PosixFileAttributes::isDirectory).isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /** The name of the set that a link names; empty if there is no link, or it names no set. */
  private static Optional<String> linked(OpenFolder there, String name) throws IOException {
    Optional<PosixFileAttributes> found = there.find(name);
    if (found.isEmpty() || found.get().isRegularFile() || found.get().isOther()) {
      return Optional.empty();
    }
    requireNoFolder(there, name);
    String target = there.linkTarget(name);
    String prefix = SETS + "/";
    return Optional.of(target)
        .filter(t -> t.startsWith(prefix))
        .map(t -> t.substring(prefix.length()))
        .filter(set -> SET.matcher(set).matches());
  }

  /** Nothing may take the place of a folder, and what is in it is not the agent's to remove. */
  private static void requireNoFolder(OpenFolder there, String name) throws IOException {
    if (there.find(name).filter(PosixFileAttributes::isDirectory).isPresent()) {
      throw new FileSystemException(
          there.path().resolve(name).toString(),
          null,
          "it is in the way, since it is no link of the agent's; move it");
    }
  }

  // --- writing ----------------------------------------------------------------------------------

  /**
   * Writes a new set; nobody uses it yet.
   *
   * @param files content by name
   * @param agents names of those that the agent goes by itself: they belong to its own user
   * @throws IOException if it cannot be written, then nothing of it stays; or somebody else may
   *     change a folder on the way
   */
  public Path write(Map<String, Bytes> files, Set<String> agents) throws IOException {
    try (Places places = Places.make(folder, ownership)) {
      if (mode.isPresent()) {
        places.folder().view().setPermissions(mode.get());
      }
      OpenFolder sets = places.sets();
      removeDrafts(sets);
      long number = Math.max(last, lastNumber(sets)) + 1;
      String set = "%06d".formatted(number);
      String draft = set + DRAFT;
      fileNames.addAll(files.keySet());
      try (OpenFolder made = sets.make(draft)) {
        for (Map.Entry<String, Bytes> file : files.entrySet()) {
          boolean own = agents.contains(file.getKey());
          made.create(file.getKey(), file.getValue(), own ? ownership.ofAgent() : ownership);
        }
        ownership.applyToFolder(made.view());
        made.sync();
        sets.rename(draft, set);
        sets.sync();
      } catch (IOException e) {
        discard(sets, draft);
        throw e;
      }
      return folder.resolve(SETS).resolve(set);
    }
  }

  /** Makes the folder, and removes what a crash has left half done. */
  public void prepare() throws IOException {
    try (Places places = Places.make(folder, ownership)) {
      removeDrafts(places.sets());
    }
  }

  private void removeDrafts(OpenFolder sets) throws IOException {
    for (String name : sets.names()) {
      if (name.endsWith(DRAFT)) {
        discard(sets, name);
      }
    }
  }

  private static long lastNumber(OpenFolder sets) throws IOException {
    return numbered(sets).stream().mapToLong(Long::parseLong).max().orElse(0);
  }

  private static List<String> numbered(OpenFolder sets) throws IOException {
    return sets.names().stream().filter(name -> SET.matcher(name).matches()).toList();
  }

  /** Makes a set the one to be used; whoever resolves the link sees the old one or this one. */
  public void switchTo(Path set) throws IOException {
    try (Places places = Places.make(folder, ownership)) {
      link(places.folder(), CURRENT, set);
    }
  }

  /**
   * Says that a set is known to work, and removes those before it, but for the last of them and
   * what may still be read.
   */
  public void confirm(Path set) throws IOException {
    Optional<Path> before = confirmed();
    try (Places places = Places.make(folder, ownership)) {
      link(places.folder(), CONFIRMED, set);
      mode = Optional.of(places.folder().attributes().permissions());
      last = Long.parseLong(set.getFileName().toString());
      Instant now = Instant.now();
      OpenFolder sets = places.sets();
      List<String> all = numbered(sets);
      for (int i = 0; i < all.size(); i++) {
        Path one = folder.resolve(SETS).resolve(all.get(i));
        boolean kept = one.equals(set) || before.equals(Optional.of(one));
        boolean mayBeRead = i + 1 < all.size() && isRecent(sets, all.get(i + 1), now);
        if (!kept && !mayBeRead) {
          discard(sets, all.get(i));
        }
      }
    }
  }

  /**
   * A set is replaced by the next, and so when that was made. One from the future was made by a
   * clock that was wrong, and would keep private keys for as long as it was ahead.
   */
  private static boolean isRecent(OpenFolder sets, String next, Instant now) throws IOException {
    Optional<Instant> made = sets.find(next).map(found -> found.lastModifiedTime().toInstant());
    return made.filter(m -> m.isAfter(now.minus(READERS)) && !m.isAfter(now.plus(READERS)))
        .isPresent();
  }

  /**
   * Removes a set that did not work. Where no other one ever did, it stays, and those that did not
   * work before it go.
   */
  public void abandon(Path set) throws IOException {
    boolean confirmed = confirmed().isPresent();
    try (Places places = Places.make(folder, ownership)) {
      String name = set.getFileName().toString();
      for (String one : numbered(places.sets())) {
        if (one.equals(name) == confirmed) {
          discard(places.sets(), one);
        }
      }
    }
  }

  private static void link(OpenFolder there, String name, Path set) throws IOException {
    String draft = "." + name + DRAFT;
    requireNoFolder(there, name);
    if (there.find(draft).isPresent()) {
      there.delete(draft);
    }
    there.link(draft, SETS + "/" + set.getFileName());
    there.rename(draft, name);
    there.sync();
  }

  /** Files by their names, and then the folder if nothing else is in it. */
  private void discard(OpenFolder sets, String name) throws IOException {
    String set = name.endsWith(DRAFT) ? name.substring(0, name.length() - DRAFT.length()) : name;
    Optional<PosixFileAttributes> found = sets.find(name);
    if (found.isEmpty() || !SET.matcher(set).matches()) {
      return;
    }
    if (!found.get().isDirectory()) {
      sets.delete(name);
      return;
    }
    try (OpenFolder one = sets.own(name)) {
      for (String file : one.names()) {
        if (fileNames.contains(file) && !one.find(file).orElseThrow().isDirectory()) {
          one.delete(file);
        }
      }
    }
    try {
      sets.deleteFolder(name);
    } catch (DirectoryNotEmptyException e) {
      LOG.warn(
          "{} is of no use any more and is left, since something is in it that is not the agent's; remove it",
          sets.path().resolve(name));
    }
  }

  // --- files beside the sets --------------------------------------------------------------------

  /**
   * A file beside the sets.
   *
   * @throws NoSuchFileException if there is none
   */
  public Bytes readBeside(String name, int longest) throws IOException {
    try (OpenFolder there =
        Places.enter(folder, ownership)
            .orElseThrow(() -> new NoSuchFileException(folder.toString()))) {
      return there.read(name, longest);
    }
  }

  /** Puts content in place of such a file's. */
  public void writeBeside(String name, Bytes content, Ownership whose) throws IOException {
    try (Places places = Places.make(folder, ownership)) {
      DurableFile.replace(places.folder(), name, content, whose);
    }
  }

  /** What of such a file is not as it was written; empty if all is. */
  public Optional<String> flawBeside(String name, FileMark content, Ownership whose) {
    try {
      Optional<OpenFolder> opened = Places.open(folder, ownership);
      if (opened.isEmpty()) {
        return Optional.of("%s is gone".formatted(folder));
      }
      try (OpenFolder there = opened.get()) {
        return ReadBack.flawOfFile(there, name, content, whose);
      }
    } catch (IOException e) {
      return Optional.of(ReadBack.text(folder, e));
    }
  }

  // --- reading ----------------------------------------------------------------------------------

  /**
   * All files of a set that are there, can be read and are no longer than any may be, by name.
   *
   * @throws IOException if the set is not there
   */
  public Map<String, Bytes> read(Path set) throws IOException {
    try (OpenFolder there =
            Places.enter(folder, ownership)
                .orElseThrow(() -> new NoSuchFileException(folder.toString()));
        OpenFolder sets = there.own(SETS);
        OpenFolder one = sets.own(set.getFileName().toString())) {
      var files = new TreeMap<String, Bytes>();
      for (String name : one.names()) {
        Optional<PosixFileAttributes> found = one.find(name);
        if (found.filter(f -> f.isRegularFile() && f.size() <= LONGEST).isPresent()) {
          readable(one, name).ifPresent(content -> files.put(name, content));
        }
      }
      return files;
    }
  }

  private static Optional<Bytes> readable(OpenFolder set, String name) throws IOException {
    try {
      return Optional.of(set.read(name, LONGEST));
    } catch (AccessDeniedException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether nobody but the agent's own user can have changed a file of a set: that is what it may
   * go by after a restart.
   */
  public boolean isAgents(Path set, String file) throws IOException {
    AgentUser agent = AgentUser.now();
    try (OpenFolder there =
            Places.enter(folder, ownership)
                .orElseThrow(() -> new NoSuchFileException(folder.toString()));
        OpenFolder sets = there.own(SETS);
        OpenFolder one = sets.own(set.getFileName().toString())) {
      return isAgents(agent, sets.attributes())
          && isAgents(agent, one.attributes())
          && one.find(file).filter(found -> isAgents(agent, found)).isPresent();
    }
  }

  private static boolean isAgents(AgentUser agent, PosixFileAttributes found) {
    return agent.trusts(found.owner()) && !FolderWalk.isWritableByOthers(found.permissions());
  }

  /**
   * What of the set in use is not as it was written; empty if it is whole, and both links lead to
   * it.
   *
   * @param files what each was written with, by name
   * @param agents names of those that the agent goes by itself
   */
  public Optional<String> flaw(Path set, Map<String, FileMark> files, Set<String> agents) {
    try {
      Optional<OpenFolder> opened = Places.open(folder, ownership);
      if (opened.isEmpty()) {
        return Optional.of("%s is gone".formatted(folder));
      }
      try (OpenFolder there = opened.get()) {
        var back = new ReadBack(ownership, files, agents);
        String name = set.getFileName().toString();
        return flawOf(there.attributes())
            .or(() -> flawOfLink(there, CURRENT, name))
            .or(() -> flawOfLink(there, CONFIRMED, name))
            .or(() -> back.flaw(there, SETS, name));
      }
    } catch (IOException e) {
      return Optional.of(ReadBack.text(folder, e));
    }
  }

  private Optional<String> flawOf(PosixFileAttributes found) throws IOException {
    if (!AgentUser.now().trusts(found.owner())) {
      return Optional.of("%s belongs to '%s'".formatted(folder, found.owner()));
    }
    boolean closed = !found.permissions().containsAll(mode.orElse(Places.OWN));
    return closed || FolderWalk.isWritableByOthers(found.permissions())
        ? Optional.of(
            "%s has mode %s%s"
                .formatted(
                    folder,
                    PosixFilePermissions.toString(found.permissions()),
                    mode.map(was -> " and not " + PosixFilePermissions.toString(was)).orElse("")))
        : Optional.empty();
  }

  private static Optional<String> flawOfLink(OpenFolder there, String name, String set) {
    Path link = there.path().resolve(name);
    try {
      Optional<PosixFileAttributes> found = there.find(name);
      if (found.isEmpty()) {
        return Optional.of("the link %s is gone".formatted(link));
      }
      if (!found.get().isSymbolicLink()) {
        return Optional.of("%s is no link any more".formatted(link));
      }
      String target = there.linkTarget(name);
      return target.equals(SETS + "/" + set)
          ? Optional.empty()
          : Optional.of("the link %s leads to %s and not to set %s".formatted(link, target, set));
    } catch (IOException e) {
      return Optional.of(ReadBack.text(link, e));
    }
  }

  /**
   * Why sets could not be written here; empty if they could.
   *
   * @return what is wrong and what to do
   */
  public Optional<String> obstacle() {
    Path existing = folder;
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
    try {
      if (existing.equals(folder)) {
        Places.check(folder, ownership);
      } else {
        new FolderWalk(AgentUser.now()).to(existing).close();
      }
      return Optional.empty();
    } catch (NotDirectoryException e) {
      return Optional.of("%s is no folder".formatted(e.getFile()));
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    }
  }
}
