package io.carousel.agent.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
  @TempDir Path folder;

  private static Command shell(String script, Duration timeout) {
    return new Command(List.of("/bin/sh", "-c", script), timeout);
  }

  private static Command shell(String script) {
    return shell(script, Duration.ofSeconds(30));
  }

  @Test
  void itSeesItsEnvironment() throws Exception {
    Path out = folder.resolve("out");
    shell("printf %s \"$CAROUSEL_SET\" > " + out).run(Map.of("CAROUSEL_SET", "here"));
    assertThat(out).hasContent("here");
  }

  @Test
  void aFailureIsToldWithItsStatusAndItsLastLines() {
    assertThatThrownBy(() ->
            shell(
                    "for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; done; printf 'red \\033[31m\\n' >&2; exit 7")
                .run(Map.of()))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("status 7")
        .hasMessageContaining("line 10 | red ?[31m")
        .message()
        .doesNotContain("line 2 ");
  }

  @Test
  void aMissingProgramIsNamed() {
    assertThatThrownBy(
            () -> new Command(List.of("/nowhere/at-all"), Duration.ofSeconds(5)).run(Map.of()))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("/nowhere/at-all");
  }

  @Test
  void whatHangsIsKilledWithAllThatItStarted() throws Exception {
    Path pids = folder.resolve("pids");
    String script =
        "sleep 600 & echo $! > %s; (sleep 600 & echo $! >> %s); wait".formatted(pids, pids);
    assertThatThrownBy(() -> shell(script, Duration.ofMillis(500)).run(Map.of()))
        .isInstanceOf(ServiceFailure.class)
        .hasMessageContaining("killed since it had not ended after 500 ms");
    List<String> started = Files.readAllLines(pids);
    assertThat(started).hasSize(2);
    await().until(() -> started.stream().noneMatch(CommandTest::runs));
  }

  /** A process that has ended may be left for init to collect. */
  private static boolean runs(String pid) {
    return ProcessHandle.of(Long.parseLong(pid))
        .filter(ProcessHandle::isAlive)
        .flatMap(p -> p.info().command())
        .isPresent();
  }

  @Test
  void aFloodOfWordsBlocksNothing() throws Exception {
    shell("head -c 3000000 /dev/zero | tr '\\0' 'x'; echo").run(Map.of());
  }

  @Test
  void aServiceThatItLeavesBehindGoesOn() throws Exception {
    Path pid = folder.resolve("pid");
    shell("sleep 600 & echo $! > " + pid).run(Map.of());
    String left = Files.readString(pid).strip();
    assertThat(runs(left)).isTrue();
    ProcessHandle.of(Long.parseLong(left)).orElseThrow().destroyForcibly();
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    Path pid = folder.resolve("pid");
    var ended = new CompletableFuture<Boolean>();
    Thread runner =
        Thread.ofVirtual()
            .start(() -> {
              try {
                shell("echo $$ > %s; sleep 600".formatted(pid)).run(Map.of());
                ended.complete(false);
              } catch (InterruptedException e) {
                ended.complete(true);
              } catch (ServiceFailure e) {
                ended.completeExceptionally(e);
              }
            });
    await().until(() -> Files.exists(pid) && Files.size(pid) > 1);
    runner.interrupt();
    assertThat(ended.get()).isTrue();
    String started = Files.readString(pid).strip();
    await().until(() -> !runs(started));
  }
}
