package io.carousel.agent.disk;

import io.carousel.events.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes files so that a crash leaves the old content or the new one, and nothing between. */
public final class DurableFile {
  static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

  private DurableFile() {}

  /**
   * Puts content in place of a file's, in mode 0600.
   *
   * @throws IOException if it cannot be written, or somebody else may change the folder
   */
  public static void replace(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (OpenFolder opened = new FolderWalk(AgentUser.now()).to(folder)) {
      replace(opened, file.getFileName().toString(), Bytes.of(content), Ownership.PRIVATE);
    }
  }

  static void replace(OpenFolder folder, String name, Bytes content, Ownership ownership)
      throws IOException {
    String draft = "." + name + ".new";
    if (folder.find(draft).isPresent()) {
      folder.delete(draft);
    }
    try {
      folder.create(draft, content, ownership);
      folder.rename(draft, name);
    } catch (IOException e) {
      if (folder.find(draft).isPresent()) {
        folder.delete(draft);
      }
      throw e;
    }
    folder.sync();
  }
}
