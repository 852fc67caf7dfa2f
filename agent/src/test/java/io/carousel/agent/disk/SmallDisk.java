package io.carousel.agent.disk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;

/** A file system of some kilobytes, where the user may mount one. */
public final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts it over that folder; skips the test where only root may and the user is not. */
  public static SmallDisk over(Path folder, int kilobytes) throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=%dk".formatted(kilobytes), "tmpfs", folder) == 0,
        "this user may mount nothing");
    return new SmallDisk(folder);
  }

  public void readOnly() throws Exception {
    remount("ro");
  }

  public void writable() throws Exception {
    remount("rw");
  }

  private void remount(String how) throws Exception {
    if (run("mount", "-o", "remount," + how, folder) != 0) {
      throw new AssertionError("remounting %s failed".formatted(folder));
    }
  }

  private static int run(Object... command) throws IOException, InterruptedException {
    return new ProcessBuilder(java.util.stream.Stream.of(command).map(Object::toString).toList())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Override
  public void close() throws Exception {
    run("umount", folder);
  }
}
