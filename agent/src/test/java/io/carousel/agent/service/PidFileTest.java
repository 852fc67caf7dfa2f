package io.carousel.agent.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pid file may be a service's, which may write anything there. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PidFileTest {
  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  private Process run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  private PidFile file(String content) throws Exception {
    Path file = folder.resolve("pid");
    Files.writeString(file, content);
    return new PidFile(file, "the server", "sleep");
  }

  private static void give(Path file, String user) throws Exception {
    Files.setOwner(
        file, FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
  }

  @Test
  void processIsFoundByFirstLine() throws Exception {
    Process sleep = run("sleep", "60");
    assertThat(file(sleep.pid() + "\n/var/lib/data\n").process()).contains(sleep.toHandle());
    assertThat(file("\n").process()).isEmpty();
    assertThat(new PidFile(folder.resolve("none"), "the server", "sleep").process()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"root:$y$secret", "-1", "99999999999", "1 2", "0x10"})
  void whatIsNoNumberIsRefusedAndNotRepeated(String content) throws Exception {
    PidFile file = file(content + "\n");
    assertThatThrownBy(file::process)
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("does not begin with the number")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ln -s /etc/passwd pid", "mkfifo pid", "mkdir pid", "ln -s pid pid"})
  void whatIsNoFileIsRefused(String make) throws Exception {
    Process made =
        new ProcessBuilder("sh", "-ec", make).directory(folder.toFile()).inheritIO().start();
    assertThat(made.waitFor()).isZero();
    PidFile file = new PidFile(folder.resolve("pid"), "the server", "sleep");
    assertThatThrownBy(file::process)
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("is no file");
  }

  @Test
  void hugeFileIsNotReadToItsEnd() throws Exception {
    Process sleep = run("sleep", "60");
    PidFile file = file(sleep.pid() + "\n");
    try (var grown = Files.newByteChannel(file.file(), java.nio.file.StandardOpenOption.WRITE)) {
      grown.position(5L << 30).write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }
    assertThat(file.process()).contains(sleep.toHandle());
  }

  @Test
  void fileOfServiceNamesProcessesOfThatServiceAlone() throws Exception {
    assumeTrue(
        Files.getOwner(Path.of("/proc/self")).getName().equals("root"),
        "only root may give files away");
    Process roots = run("sleep", "60");
    PidFile file = file(roots.pid() + "\n");
    give(file.file(), "nobody");
    assertThatThrownBy(file::process)
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("belongs to 'nobody'")
        .hasMessageContaining("of 'root'");
    Process own = run("setpriv", "--reuid=nobody", "--clear-groups", "sleep", "60");
    Files.writeString(file.file(), own.pid() + "\n");
    Path comm = Path.of("/proc", Long.toString(own.pid()), "comm");
    while (!Files.readString(comm).strip().equals("sleep")) {
      Thread.onSpinWait();
    }
    assertThat(file.process()).contains(own.toHandle());
  }
}
