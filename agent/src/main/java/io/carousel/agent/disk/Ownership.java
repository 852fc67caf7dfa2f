package io.carousel.agent.disk;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who may do what with the files of a set. Its folders always belong to the agent's own user: who
 * may write in a folder decides what its names lead to.
 *
 * @param owner a user's name; empty: the agent's own
 * @param group a group's name; empty: the agent's own
 * @param mode of files
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

  /** The same for a file that nobody but the owner may read. */
  public Ownership ownerOnly() {
    return new Ownership(owner, group, DurableFile.OWNER_ONLY);
  }

  /** The same for a file that the agent goes by itself: nobody else may change it. */
  Ownership ofAgent() {
    Set<PosixFilePermission> unchanged = EnumSet.copyOf(mode);
    unchanged.remove(PosixFilePermission.GROUP_WRITE);
    unchanged.remove(PosixFilePermission.OTHERS_WRITE);
    unchanged.add(PosixFilePermission.OWNER_WRITE);
    return new Ownership(Optional.empty(), group, unchanged);
  }

  /** Gives a file its owner, group and mode. The mode last: until then nobody else can read it. */
  void applyToFile(PosixFileAttributeView file) throws IOException {
    file.setGroup(groupDue());
    file.setOwner(ownerDue());
    file.setPermissions(mode);
  }

  /** Gives a folder its owner, group and mode. */
  void applyToFolder(PosixFileAttributeView folder) throws IOException {
    folder.setGroup(groupDue());
    folder.setOwner(AgentUser.now().user());
    folder.setPermissions(folderMode());
  }

  /** What of a file's is not as it has to be; empty if all is. */
  Optional<String> flawOfFile(PosixFileAttributes found) throws IOException {
    return flaw(found, ownerDue(), mode);
  }

  /** The same of a folder. */
  Optional<String> flawOfFolder(PosixFileAttributes found) throws IOException {
    return flaw(found, AgentUser.now().user(), folderMode());
  }

  private Optional<String> flaw(
      PosixFileAttributes found, UserPrincipal owner, Set<PosixFilePermission> permissions)
      throws IOException {
    if (!found.owner().equals(owner)) {
      return Optional.of("belongs to '%s' and not to '%s'".formatted(found.owner(), owner));
    }
    GroupPrincipal group = groupDue();
    if (!found.group().equals(group)) {
      return Optional.of("is of group '%s' and not of '%s'".formatted(found.group(), group));
    }
    if (!found.permissions().equals(permissions)) {
      return Optional.of(
          "has mode %s and not %s"
              .formatted(
                  PosixFilePermissions.toString(found.permissions()),
                  PosixFilePermissions.toString(permissions)));
    }
    return Optional.empty();
  }

  private UserPrincipal ownerDue() throws IOException {
    return owner.isPresent() ? names().lookupPrincipalByName(owner.get()) : AgentUser.now().user();
  }

  private GroupPrincipal groupDue() throws IOException {
    return group.isPresent()
        ? names().lookupPrincipalByGroupName(group.get())
        : AgentUser.now().group();
  }

  private static UserPrincipalLookupService names() {
    return FileSystems.getDefault().getUserPrincipalLookupService();
  }

  /**
   * A folder may be entered by whom its files let read. Another owner of the files is one of all
   * others to a folder of the agent's: what the names are everybody may know then.
   */
  Set<PosixFilePermission> folderMode() throws IOException {
    Set<PosixFilePermission> folder =
        EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE);
    boolean ofOthers =
        mode.contains(PosixFilePermission.OTHERS_READ)
            || !ownerDue().equals(AgentUser.now().user());
    if (ofOthers || mode.contains(PosixFilePermission.GROUP_READ)) {
      folder.add(PosixFilePermission.GROUP_READ);
      folder.add(PosixFilePermission.GROUP_EXECUTE);
    }
    if (ofOthers) {
      folder.add(PosixFilePermission.OTHERS_READ);
      folder.add(PosixFilePermission.OTHERS_EXECUTE);
    }
    return folder;
  }
}
