package io.carousel.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.orchestrator.documents.RotationStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as its operator has it: started, stopped, killed, started again. */
class NodeKillTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;

  private Path data() {
    return folder.resolve("data");
  }

  private Child up() throws Exception {
    Child node = Child.start(folder, "up", "--data", data().toString(), "--slot", "only");
    await().atMost(PATIENCE).until(() -> !node.isAlive() || node.out().contains("Carousel is up"));
    assertThat(node.isAlive()).as("%s%s", node.out(), node.err()).isTrue();
    return node;
  }

  @Test
  void killedInEveryPhaseItGoesOnWhereItWas() throws Exception {
    var cli = new Cli(data());
    try (Child node = up()) {
      cli.done("authority", "create", "web", "--wait");
      cli.done("rotation", "start", "web");
      killed(node);
    }
    for (String phase : List.of("init", "update-clients", "update-servers")) {
      try (Child node = up()) {
        assertThat(status(cli).seen().phase()).hasToString(phase);
        cli.done("rotation", "advance", "web", "--nobody", "--wait");
        killed(node);
      }
    }
    try (Child node = up()) {
      assertThat(status(cli).seen().phase()).hasToString("standby");
      assertThat(status(cli).active()).isEqualTo(2);
      assertThat(cli.done("log", "-n", "100")).contains("web");
      refusesASecondStart(node);
      stopsCleanly(node);
    }
  }

  private static RotationStatus status(Cli cli) {
    return cli.read(RotationStatus.class, "rotation", "status", "web");
  }

  /** Kills the node alone: its workers must notice by themselves. */
  private static void killed(Child node) throws InterruptedException {
    List<ProcessHandle> workers = node.children();
    assertThat(workers).isNotEmpty();
    node.kill();
    await().atMost(PATIENCE).until(() -> workers.stream().noneMatch(ProcessHandle::isAlive));
  }

  private void refusesASecondStart(Child node) throws Exception {
    try (Child second = Child.start(folder, "up", "--data", data().toString())) {
      assertThat(second.await(PATIENCE.toSeconds())).isEqualTo(1);
      assertThat(second.err())
          .contains(data().toRealPath() + " is in use by the node with process id " + node.pid());
    }
    assertThat(node.isAlive()).isTrue();
  }

  private void stopsCleanly(Child node) throws Exception {
    List<ProcessHandle> workers = node.children();
    assertThat(node.stop(PATIENCE.toSeconds())).isZero();
    assertThat(workers).noneMatch(ProcessHandle::isAlive);
    assertThat(data().resolve("node.json")).doesNotExist();
    assertThat(new Cli(data()).run("authority", "list").status()).isEqualTo(3);
  }

  /** A life without kills leaves no warning behind. */
  @Test
  void aHealthyLifeHasNoWarningInItsLogs() throws Exception {
    try (Child node = up()) {
      new Cli(data()).done("authority", "create", "web", "--wait");
      assertThat(node.stop(PATIENCE.toSeconds())).isZero();
    }
    try (Stream<Path> logs = Files.list(data().resolve("logs"))) {
      for (Path log : logs.toList()) {
        assertThat(Files.readString(log, UTF_8)).as(log.toString()).doesNotContain("WARN", "ERROR");
      }
    }
  }
}
