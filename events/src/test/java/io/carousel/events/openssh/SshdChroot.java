package io.carousel.events.openssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where an sshd that runs as root locks up what talks to strangers; its place is compiled into
 * Debian's. It is made where it is missing, as the unit of sshd would, and removed after the last.
 */
public final class SshdChroot implements AutoCloseable {
  private static final Path FOLDER = Path.of("/run/sshd");

  /** How many use a folder that we have made. Guarded by the class. */
  private static int inOurs;

  private final boolean ours;

  private SshdChroot(boolean ours) {
    this.ours = ours;
  }

  /** Sees that it is there. */
  public static synchronized SshdChroot open() throws IOException {
    if (!System.getProperty("user.name").equals("root") || (inOurs == 0 && Files.exists(FOLDER))) {
      return new SshdChroot(false);
    }
    if (inOurs == 0) {
      Files.createDirectory(
          FOLDER,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    inOurs++;
    return new SshdChroot(true);
  }

  @Override
  public void close() throws IOException {
    if (ours) {
      leave();
    }
  }

  private static synchronized void leave() throws IOException {
    inOurs--;
    if (inOurs == 0) {
      Files.deleteIfExists(FOLDER);
    }
  }
}
