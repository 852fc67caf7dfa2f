package io.carousel.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose disk fills up says so before it ends, and goes on once there is room. */
@Timeout(240)
class DiskFullTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private Path disk;
  private boolean mounted;

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=96m", "none", disk.toString());
    assumeThat(mounted).as("only root may mount a small disk").isTrue();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  private Child up() throws Exception {
    Child node =
        Child.start(folder, "up", "--data", disk.resolve("data").toString(), "--slot", "only");
    await().atMost(PATIENCE).until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    return node;
  }

  private static void fill(Path file) throws IOException {
    var block = new byte[1 << 12];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  @Test
  void theTerminalSaysWhyAndRoomIsAllItNeeds() throws Exception {
    var cli = new Cli(disk.resolve("data"));
    Path filler = disk.resolve("filler");
    try (Child node = up()) {
      cli.done("authority", "create", "before", "--wait");
      fill(filler);
      // Whatever is written next finds no room: the broker's own records, if nobody's else.
      var _ = cli.run("authority", "create", "amid");
      assertThat(node.await(PATIENCE.toSeconds())).isEqualTo(1);
      assertThat(node.err()).contains("carousel: ").contains("full").contains("make room");
    }
    Files.delete(filler);
    try (Child node = up()) {
      assertThat(cli.done("authority", "show", "before")).contains("standby");
      assertThat(node.stop(PATIENCE.toSeconds())).isZero();
    }
  }
}
