package io.carousel.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who may do what with the files of a set.
 *
 * @param owner a user's name; empty: the agent's own
 * @param group a group's name; empty: the agent's own
 * @param mode of files; a folder may be entered by whom it lets read
 */
public record Ownership(
    Optional<String> owner, Optional<String> group, Set<PosixFilePermission> mode) {
  /** The agent's own user, and nobody else. */
  public static final Ownership PRIVATE =
      new Ownership(Optional.empty(), Optional.empty(), DurableFile.OWNER_ONLY);

  /** Copies. */
  public Ownership {
    mode = Set.copyOf(mode);
  }

  /** Gives a file its owner, group and mode. */
  public void applyToFile(Path file) throws IOException {
    apply(file, mode);
  }

  void applyToFolder(Path folder) throws IOException {
    Set<PosixFilePermission> folderMode = EnumSet.copyOf(mode);
    folderMode.add(PosixFilePermission.OWNER_READ);
    folderMode.add(PosixFilePermission.OWNER_WRITE);
    folderMode.add(PosixFilePermission.OWNER_EXECUTE);
    folderMode.remove(PosixFilePermission.GROUP_WRITE);
    folderMode.remove(PosixFilePermission.OTHERS_WRITE);
    if (mode.contains(PosixFilePermission.GROUP_READ)) {
      folderMode.add(PosixFilePermission.GROUP_EXECUTE);
    }
    if (mode.contains(PosixFilePermission.OTHERS_READ)) {
      folderMode.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    apply(folder, folderMode);
  }

  /** The mode last: until then only the agent's own user can read it. */
  private void apply(Path path, Set<PosixFilePermission> permissions) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    UserPrincipalLookupService names = path.getFileSystem().getUserPrincipalLookupService();
    if (group.isPresent()) {
      view.setGroup(names.lookupPrincipalByGroupName(group.get()));
    }
    if (owner.isPresent()) {
      view.setOwner(names.lookupPrincipalByName(owner.get()));
    }
    view.setPermissions(permissions);
  }
}
