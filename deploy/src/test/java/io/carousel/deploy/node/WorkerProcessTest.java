package io.carousel.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.events.SlotName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the node treats its workers, with shell scripts in their place. */
class WorkerProcessTest {
  private static final SlotName SLOT = new SlotName("a");
  private static final String STEADY = "echo 'ready: now'; exec sleep 600";

  @TempDir Path folder;
  private final List<String> said = new CopyOnWriteArrayList<>();

  @Test
  void aWorkerThatIsKilledIsStartedAgain() throws Exception {
    try (WorkerProcess worker = run(STEADY)) {
      worker.ready().get(10, TimeUnit.SECONDS);
      ProcessHandle first = worker.handle();
      first.destroyForcibly();
      await()
          .until(() ->
              worker.running().filter(p -> p.pid() != first.pid() && p.isAlive()).isPresent());
      assertThat(said)
          .singleElement()
          .asString()
          .contains("slot 'a'", "killed (signal 9)", "again");
    }
  }

  @Test
  void aWorkerThatNeedsAPersonIsNotStartedAgain() throws Exception {
    String script =
        "echo x >> %s; echo 'carousel worker: the PIN is wrong' >&2; exit 77"
            .formatted(folder.resolve("starts"));
    try (WorkerProcess worker = run(script)) {
      assertThatThrownBy(() -> worker.ready().get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .hasMessageContaining("slot 'a' ended (77)")
          .hasMessageContaining("not started again")
          .hasMessageContaining("the PIN is wrong");
    }
    assertThat(folder.resolve("starts")).hasContent("x");
  }

  @Test
  void aWorkerThatEndsBeforeItIsReadyIsTriedAgain() throws Exception {
    Path marker = folder.resolve("second");
    String script = "if [ -e %1$s ]; then %2$s; fi; touch %1$s; exit 69".formatted(marker, STEADY);
    try (WorkerProcess worker = run(script)) {
      worker.ready().get(20, TimeUnit.SECONDS);
      assertThat(said).singleElement().asString().contains("ended (69)");
    }
  }

  @Test
  void closingEndsItForGood() throws Exception {
    WorkerProcess worker = run(STEADY);
    worker.ready().get(10, TimeUnit.SECONDS);
    ProcessHandle process = worker.handle();

    worker.close();

    assertThat(process.isAlive()).isFalse();
    assertThat(said).isEmpty();
  }

  @Test
  void whatItSaysOfItselfGoesToItsLog() throws Exception {
    try (WorkerProcess worker = run("echo trouble >&2; " + STEADY)) {
      worker.ready().get(10, TimeUnit.SECONDS);
      assertThat(Files.readString(folder.resolve("log"))).contains("trouble");
    }
  }

  private WorkerProcess run(String script) {
    return WorkerProcess.start(
        SLOT, () -> new ProcessBuilder("sh", "-c", script), folder.resolve("log"), said::add);
  }
}
