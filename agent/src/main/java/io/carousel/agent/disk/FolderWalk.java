package io.carousel.agent.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;

/**
 * The way to a folder, one name after the other from the root of the file system. Whoever may write
 * in a folder above could put a link, or a folder of its own, in the place of what the agent writes
 * into, and so lead it anywhere: each folder on the way must belong to root or to the agent's own
 * user, and nobody else may write there; or it is sticky, as {@code /tmp}, where names stay with
 * whom they belong to. A link on the way is followed if it belongs to one of the two.
 */
final class FolderWalk {
  private static final int STICKY = 01000;
  private static final int MOST_LINKS = 40;
  private static final Set<PosixFilePermission> PARENT =
      PosixFilePermissions.fromString("rwxr-xr-x");

  private final AgentUser agent;

  FolderWalk(AgentUser agent) {
    this.agent = agent;
  }

  /**
   * Opens a folder, and all above it.
   *
   * @throws NoSuchFileException if a part of the way is missing
   * @throws IOException if somebody else could lead the agent elsewhere; names whom and where
   */
  OpenFolder to(Path folder) throws IOException {
    return walk(folder, false);
  }

  /** The same; makes what is missing, for everybody to enter. */
  OpenFolder making(Path folder) throws IOException {
    return walk(folder, true);
  }

  private OpenFolder walk(Path folder, boolean making) throws IOException {
    Path way = folder.toAbsolutePath().normalize();
    for (int links = 0; links <= MOST_LINKS; links++) {
      OpenFolder at = OpenFolder.root();
      try {
        Optional<Path> elsewhere = Optional.empty();
        Deque<Path> names = new ArrayDeque<>();
        way.forEach(names::add);
        requireTrusted(at);
        while (!names.isEmpty() && elsewhere.isEmpty()) {
          String name = names.removeFirst().toString();
          elsewhere = target(at, name).map(target -> below(target, names));
          if (elsewhere.isEmpty()) {
            OpenFolder next = step(at, name, making);
            at.close();
            at = next;
            requireTrusted(at);
          }
        }
        if (elsewhere.isEmpty()) {
          return at;
        }
        way = elsewhere.get();
        at.close();
      } catch (IOException | RuntimeException e) {
        at.close();
        throw e;
      }
    }
    throw new FileSystemException(folder.toString(), null, "too many links lead there");
  }

  private static Path below(Path target, Iterable<Path> names) {
    Path all = target;
    for (Path name : names) {
      all = all.resolve(name);
    }
    return all.normalize();
  }

  /** Where a link of somebody who is trusted leads to; empty if it is none. */
  private Optional<Path> target(OpenFolder at, String name) throws IOException {
    Optional<PosixFileAttributes> found = at.find(name);
    if (found.filter(PosixFileAttributes::isSymbolicLink).isEmpty()) {
      return Optional.empty();
    }
    if (!agent.trusts(found.get().owner())) {
      throw new IOException(
          "%s is a link of '%s', who could lead the agent anywhere by it; name the folder itself, and see that it and all above it belong to %s"
              .formatted(at.path().resolve(name), found.get().owner(), trusted()));
    }
    return Optional.of(at.path().resolve(at.linkTarget(name)));
  }

  private static OpenFolder step(OpenFolder at, String name, boolean making) throws IOException {
    if (making && at.find(name).isEmpty()) {
      try {
        OpenFolder made = at.make(name);
        made.view().setPermissions(PARENT);
        return made;
      } catch (FileAlreadyExistsException e) {
        // Somebody was faster; whether that one is trusted is looked at like everywhere.
        return at.folder(name);
      }
    }
    return at.folder(name);
  }

  /** Refuses a folder in which somebody else may change names. */
  void requireTrusted(OpenFolder folder) throws IOException {
    PosixFileAttributes found = folder.attributes();
    if (!agent.trusts(found.owner())) {
      throw new IOException(
          "the folder %s belongs to '%s', who could lead the agent anywhere by a link in it; name a folder below those of %s, or chown it"
              .formatted(folder.path(), found.owner(), trusted()));
    }
    if (isWritableByOthers(found.permissions()) && !isSticky(folder)) {
      throw new IOException(
          "others than its owner may write in the folder %s (mode %s), and could lead the agent anywhere by a link in it; chmod go-w it, or name another folder"
              .formatted(folder.path(), PosixFilePermissions.toString(found.permissions())));
    }
  }

  static boolean isWritableByOthers(Set<PosixFilePermission> mode) {
    return mode.contains(PosixFilePermission.GROUP_WRITE)
        || mode.contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static boolean isSticky(OpenFolder folder) throws IOException {
    int mode = (Integer) Files.getAttribute(folder.path(), "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & STICKY) != 0;
  }

  private String trusted() {
    return agent.isRoot() ? "root" : "root or '%s'".formatted(agent.user());
  }
}
