package io.carousel.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.carousel.events.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the node treats its workers, with shell scripts in their place. */
@Timeout(60)
class WorkerProcessTest {
  private static final SlotName SLOT = new SlotName("a");
  private static final String STEADY = "echo 'ready: now'; exec sleep 600";

  @TempDir Path folder;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<SlotName> serving = new CopyOnWriteArrayList<>();

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
  void aWorkerThatNoStartCanHelpIsNotStartedAgain() throws Exception {
    String script =
        "echo x >> %s; echo 'carousel worker: the history cannot be' >&2; exit 65"
            .formatted(folder.resolve("starts"));
    try (WorkerProcess worker = run(script)) {
      assertThatThrownBy(() -> worker.ready().get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .hasMessageContaining("slot 'a' ended (65)")
          .hasMessageContaining("not started again")
          .hasMessageContaining("the history cannot be");
    }
    assertThat(folder.resolve("starts")).hasContent("x");
  }

  @Test
  void whatItSaidLongAgoIsNotWhyItWasKilled() throws Exception {
    Files.writeString(folder.resolve("log"), "carousel worker: no token, in an earlier life\n");
    String script =
        "echo '2026-11-30T17:48:45.000Z INFO  Assignment - token is open' >&2; " + STEADY;
    try (WorkerProcess worker = run(script)) {
      worker.ready().get(10, TimeUnit.SECONDS);
      worker.handle().destroyForcibly();
      await().until(() -> !said.isEmpty());
      assertThat(said.getFirst())
          .contains(
              "killed (signal 9)", "it said nothing of why", folder.resolve("log").toString());
    }
  }

  /** A token, a module or a file that is missing now may be there in a minute. */
  @ParameterizedTest
  @ValueSource(ints = {1, 69, 70, 75, 78, 137})
  void aWorkerWhoseTokenIsAwayIsStartedAgainWhenItIsBack(int code) throws Exception {
    Path token = folder.resolve("token");
    String script =
        "if [ -e %s ]; then %s; fi; echo 'carousel worker: no token' >&2; exit %d"
            .formatted(token, STEADY, code);
    try (WorkerProcess worker = run(script)) {
      worker.settled().get(10, TimeUnit.SECONDS);
      assertThat(worker.ready()).isNotDone();
      assertThat(worker.trouble()).contains("no token", "started again");
      Files.writeString(token, "");
      worker.ready().get(30, TimeUnit.SECONDS);
      await().until(() -> serving.size() == 1);
    }
  }

  @Test
  void theSameTroubleIsSaidOnce() throws Exception {
    Path starts = folder.resolve("starts");
    String script = "echo x >> %s; echo 'carousel worker: no token' >&2; exit 78".formatted(starts);
    try (WorkerProcess worker = run(script)) {
      await().until(() -> Files.exists(starts) && Files.readAllLines(starts).size() >= 4);
      assertThat(worker.ready()).isNotDone();
      assertThat(said).hasSize(1);
    }
  }

  @Test
  void aRefusedPinIsNotTriedAgainBeforeItIsPutRight() throws Exception {
    Path starts = folder.resolve("starts");
    Files.writeString(folder.resolve("pin"), "1111");
    String script =
        "echo $PUT_RIGHT >> %1$s; if grep -q 2222 %2$s/pin; then %3$s; fi; touch %2$s/pin.refused; echo 'carousel worker: the PIN is wrong' >&2; exit 77"
            .formatted(starts, folder, STEADY);
    try (WorkerProcess worker = run(script)) {
      worker.settled().get(10, TimeUnit.SECONDS);
      assertThat(said).singleElement().asString().contains("PIN is wrong", "not tried again");
      Files.writeString(folder.resolve("pin"), "2222");
      assertThat(PinFiles.of(folder).isPutRightSince(List.of())).isFalse();
      Files.delete(folder.resolve("pin.refused"));
      worker.ready().get(20, TimeUnit.SECONDS);
    }
    assertThat(Files.readAllLines(starts)).containsExactly("false", "true");
  }

  @Test
  void aRefusedPinWithoutAMarkIsTriedOnlyWhenItIsAnother() throws Exception {
    Path starts = folder.resolve("starts");
    Files.writeString(folder.resolve("pin"), "1111");
    String script =
        "echo x >> %1$s; if grep -q 2222 %2$s/pin; then %3$s; fi; exit 77"
            .formatted(starts, folder, STEADY);
    try (WorkerProcess worker = run(script)) {
      worker.settled().get(10, TimeUnit.SECONDS);
      Object state = PinFiles.of(folder).state();
      assertThat(PinFiles.of(folder).isPutRightSince(state)).isFalse();
      Files.writeString(folder.resolve("pin"), "2222");
      assertThat(PinFiles.of(folder).isPutRightSince(state)).isTrue();
      worker.ready().get(20, TimeUnit.SECONDS);
    }
    assertThat(Files.readAllLines(starts)).hasSize(2);
  }

  @Test
  void whatCannotBePreparedIsTriedAgain() throws Exception {
    var tries = new AtomicInteger();
    WorkerProcess.Program program =
        _ -> {
          return switch (tries.incrementAndGet()) {
            case 1 -> throw new NodeTrouble("the token cannot be made");
            case 2 -> throw new IOException("the disk is full");
            case 3 -> throw new IllegalStateException("a fault");
            default -> new ProcessBuilder("sh", "-c", STEADY);
          };
        };
    try (WorkerProcess worker = start(program)) {
      worker.ready().get(20, TimeUnit.SECONDS);
      assertThat(said).hasSize(3);
      assertThat(said.get(0)).contains("the token cannot be made");
      assertThat(said.get(1)).contains("the disk is full");
    }
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
    return start(putRight -> {
      var program = new ProcessBuilder("sh", "-c", script);
      program.environment().put("PUT_RIGHT", Boolean.toString(putRight));
      return program;
    });
  }

  private WorkerProcess start(WorkerProcess.Program program) {
    return WorkerProcess.start(
        SLOT,
        program,
        folder.resolve("log"),
        PinFiles.of(folder),
        new WorkerProcess.Telling() {
          @Override
          public void missing(SlotName slot, String why) {
            said.add("slot '%s': %s".formatted(slot, why));
          }

          @Override
          public void serving(SlotName slot) {
            serving.add(slot);
          }
        });
  }
}
