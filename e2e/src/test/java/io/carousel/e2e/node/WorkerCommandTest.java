package io.carousel.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker without a node, as it is started beside an HSM. */
class WorkerCommandTest {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir Path folder;

  @Test
  void itsCommandLineIsItsOwn() throws Exception {
    assertEnds(0, "usage: carousel worker --config FILE", "--help");
    assertEnds(64, "--config FILE is missing");
  }

  @Test
  void itsConfigurationIsReadBeforeAnythingElse() throws Exception {
    Path config = Files.writeString(folder.resolve("worker.yaml"), "slto: hsm-a\n");
    assertEnds(78, "slto", "--config", config.toString());
  }

  private void assertEnds(int status, String text, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = "worker";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try (Child worker = Child.start(folder, command)) {
      assertThat(worker.await(PATIENCE_SECONDS)).as(worker.err()).isEqualTo(status);
      assertThat(worker.out() + worker.err()).contains(text);
    }
  }
}
