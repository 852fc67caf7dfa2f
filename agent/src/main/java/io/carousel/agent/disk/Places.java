package io.carousel.agent.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of an output and the {@code sets} in it, open, and the agent's own. What agents before
 * this one gave to a service's user is taken back.
 */
record Places(OpenFolder folder, OpenFolder sets) implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Places.class);
  private static final String SETS = "sets";

  @FunctionalInterface
  private interface Opening {
    OpenFolder of(OpenFolder above, String name) throws IOException;
  }

  /** What the agent needs of a folder of its own. */
  static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  /** All names that agents have ever given there. */
  private static final Pattern AGENTS =
      Pattern.compile(
          "sets|current|confirmed|password|connections[.]json|[.](current|confirmed|password|connections[.]json)[.]new");

  /**
   * Opens the folder as it is, for reading; empty if it is not there. Where others than the agent
   * could write in it so far, what is in it may be theirs.
   *
   * @throws IOException if it is no folder, or is somebody else's
   */
  static Optional<OpenFolder> open(Path folder, Ownership ownership) throws IOException {
    return open(folder, ownership, OpenFolder::folder);
  }

  /** The same; lets itself in again where it was shut out of its own. */
  static Optional<OpenFolder> enter(Path folder, Ownership ownership) throws IOException {
    return open(folder, ownership, OpenFolder::own);
  }

  private static Optional<OpenFolder> open(Path folder, Ownership ownership, Opening opening)
      throws IOException {
    var walk = new FolderWalk(AgentUser.now());
    try (OpenFolder above = walk.to(above(folder))) {
      String name = folder.getFileName().toString();
      if (above.find(name).isEmpty()) {
        return Optional.empty();
      }
      OpenFolder opened = opened(above, name, opening);
      try {
        if (!AgentUser.now().user().equals(opened.attributes().owner())
            && !isLeftToService(opened, ownership)) {
          walk.requireTrusted(opened);
        }
        return Optional.of(opened);
      } catch (IOException e) {
        opened.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Opens both, makes what is missing, and takes back what a service's user has. */
  static Places make(Path folder, Ownership ownership) throws IOException {
    AgentUser agent = AgentUser.now();
    var walk = new FolderWalk(agent);
    try (OpenFolder above = walk.making(above(folder))) {
      String name = folder.getFileName().toString();
      OpenFolder own = ownOrMade(above, name, ownership);
      try {
        OpenFolder sets = ownOrMade(own, SETS, ownership);
        if (ownership.flawOfFolder(sets.attributes()).isPresent()) {
          ownership.applyToFolder(sets.view());
        }
        return new Places(own, sets);
      } catch (IOException e) {
        own.close();
        throw e;
      }
    }
  }

  private static Path above(Path folder) throws IOException {
    if (folder.getParent() == null) {
      throw new IOException("%s is no folder for sets; name one below it".formatted(folder));
    }
    return folder.getParent();
  }

  /** Why the folder, which is there, is not fit; changes nothing. */
  static void check(Path folder, Ownership ownership) throws IOException {
    Optional<OpenFolder> opened = open(folder, ownership);
    if (opened.isPresent()) {
      try (OpenFolder there = opened.get()) {
        Optional<PosixFileAttributes> sets = there.find(SETS);
        if (sets.isPresent()) {
          opened(there, SETS, OpenFolder::folder).close();
        }
      }
    }
  }

  private static OpenFolder opened(OpenFolder above, String name, Opening opening)
      throws IOException {
    Optional<PosixFileAttributes> found = above.find(name);
    Path there = above.path().resolve(name);
    if (found.filter(PosixFileAttributes::isSymbolicLink).isPresent()) {
      throw new IOException(
          "%s is a link, to %s, and no folder of the agent's: nothing is written or deleted there; remove the link, or name the folder itself"
              .formatted(there, above.linkTarget(name)));
    }
    if (found.filter(f -> !f.isDirectory()).isPresent()) {
      throw new IOException("%s is no folder; move it".formatted(there));
    }
    return opening.of(above, name);
  }

  private static OpenFolder ownOrMade(OpenFolder above, String name, Ownership ownership)
      throws IOException {
    if (above.find(name).isEmpty()) {
      OpenFolder made = above.make(name);
      ownership.applyToFolder(made.view());
      above.sync();
      return made;
    }
    OpenFolder opened = opened(above, name, OpenFolder::own);
    try {
      takeBack(opened, ownership);
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private static void takeBack(OpenFolder folder, Ownership ownership) throws IOException {
    AgentUser agent = AgentUser.now();
    PosixFileAttributes found = folder.attributes();
    if (isLeftToService(folder, ownership)) {
      LOG.warn(
          "{} belonged to '{}', who could have led the agent anywhere by it; it belongs to the agent's own user from now on",
          folder.path(),
          found.owner());
      ownership.applyToFolder(folder.view());
    } else if (found.owner().equals(agent.user()) && !found.permissions().containsAll(OWN)) {
      ownership.applyToFolder(folder.view());
    } else if (found.owner().equals(agent.user())
        && FolderWalk.isWritableByOthers(found.permissions())) {
      LOG.warn("others could write in {}; they cannot from now on", folder.path());
      Set<PosixFilePermission> less = EnumSet.copyOf(found.permissions());
      less.remove(PosixFilePermission.GROUP_WRITE);
      less.remove(PosixFilePermission.OTHERS_WRITE);
      folder.view().setPermissions(less);
    }
    new FolderWalk(agent).requireTrusted(folder);
  }

  /** Whether that is a folder which an agent before this one gave to the owner of its files. */
  private static boolean isLeftToService(OpenFolder folder, Ownership ownership)
      throws IOException {
    UserPrincipal owner = folder.attributes().owner();
    AgentUser agent = AgentUser.now();
    return agent.isRoot()
        && !agent.trusts(owner)
        && ownership.owner().filter(owner.getName()::equals).isPresent()
        && (folder.path().endsWith(SETS)
            || folder.names().stream().allMatch(name -> AGENTS.matcher(name).matches()));
  }

  @Override
  public void close() throws IOException {
    try (folder) {
      sets.close();
    }
  }
}
