package io.carousel.deploy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who could change what a node keeps: whoever owns its data folder, and whoever may write in a
 * folder on the way to it, since names of a folder are changed by who may write there. Such a one
 * could put a link in the place of a file that the node's user writes.
 */
final class FolderOwner {
  private static final int ROOT = 0;
  private static final int OTHERS_WRITE = 0002;

  /** In such a folder only its owner replaces a name, as in {@code /tmp} (chmod(1)). */
  private static final int STICKY = 01000;

  /** Belongs to the user of this process; see proc_pid_status(5). Not there but on Linux. */
  private static final Path SELF = Path.of("/proc/self");

  private FolderOwner() {}

  /**
   * Passes a folder that nobody else can change; nothing in it was looked at before.
   *
   * @param folder there, and free of links
   * @throws NodeTrouble that names whose it is, or the folder in which anybody may write
   */
  static void check(Path folder) throws IOException, NodeTrouble {
    if (!Files.exists(SELF)) {
      return;
    }
    int owner = uid(folder);
    if (owner != ROOT && owner != uid(SELF)) {
      throw new NodeTrouble(
          "the data folder %s belongs to '%s', who could lead the node anywhere by a link in it; run the node as that user, or choose another folder with --data"
              .formatted(folder, Files.getOwner(folder).getName()));
    }
    for (Path above = folder.getParent(); above != null; above = above.getParent()) {
      int mode = (Integer) Files.getAttribute(above, "unix:mode");
      if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
        throw new NodeTrouble(
            "anyone on this machine may put another folder in the place of the data folder %s, since %s is writable by all; run: chmod o-w %s, or choose another folder with --data"
                .formatted(folder, above, above));
      }
    }
  }

  private static int uid(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid");
  }
}
