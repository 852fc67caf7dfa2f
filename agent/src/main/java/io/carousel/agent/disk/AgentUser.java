package io.carousel.agent.disk;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Optional;

/**
 * Who the agent is to the operating system, and whom it trusts with folders.
 *
 * @param user whose files it makes
 * @param group of the files that it makes
 * @param root who may do everything anyway
 */
record AgentUser(UserPrincipal user, GroupPrincipal group, UserPrincipal root) {
  /** See proc_pid_status(5); there is none on other systems than Linux. */
  private static final Path STATUS = Path.of("/proc/self/status");

  private static volatile Optional<AgentUser> known = Optional.empty();

  /** As this process runs; that does not change. */
  static AgentUser now() throws IOException {
    Optional<AgentUser> found = known;
    if (found.isEmpty()) {
      found = Optional.of(read());
      known = found;
    }
    return found.get();
  }

  /** Numbers stand for users and groups that have no name here. */
  private static AgentUser read() throws IOException {
    UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
    UserPrincipal root = names.lookupPrincipalByName("0");
    if (!Files.exists(STATUS)) {
      Path home = Path.of(System.getProperty("user.home"));
      return new AgentUser(
          names.lookupPrincipalByName(System.getProperty("user.name")),
          Files.readAttributes(home, PosixFileAttributes.class).group(),
          root);
    }
    List<String> lines = Files.readAllLines(STATUS);
    UserPrincipal user = names.lookupPrincipalByName(effective(lines, "Uid:"));
    GroupPrincipal group = names.lookupPrincipalByGroupName(effective(lines, "Gid:"));
    // The same, as a rule, and with their names.
    PosixFileAttributes named =
        Files.readAttributes(STATUS.getParent().toRealPath(), PosixFileAttributes.class);
    return new AgentUser(
        named.owner().equals(user) ? named.owner() : user,
        named.group().equals(group) ? named.group() : group,
        root);
  }

  /** The second of real, effective, saved and of the file system. */
  private static String effective(List<String> lines, String label) throws IOException {
    Optional<String> line = lines.stream().filter(l -> l.startsWith(label)).findFirst();
    return line.orElseThrow(() -> new IOException("%s has no line '%s'".formatted(STATUS, label)))
        .split("\\s+")[2];
  }

  boolean isRoot() {
    return user.equals(root);
  }

  /** Whether that one may change folders that the agent works in. */
  boolean trusts(UserPrincipal owner) {
    return owner.equals(root) || owner.equals(user);
  }
}
