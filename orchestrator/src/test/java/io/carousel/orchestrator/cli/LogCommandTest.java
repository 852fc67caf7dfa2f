package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.desk.StrayRun;
import io.carousel.orchestrator.documents.HistoryPage.HistoryEntry;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history from the command line. */
class LogCommandTest {
  @TempDir Path folder;
  private Terminal terminal;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a"));
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  @Test
  void tellsTheHistory() {
    assertThat(terminal.run("log"))
        .isEqualTo(
            new Ran(
                0,
                """
                     1  2026-03-01 12:00:00Z  House 00112233445566778899aabbccddeeff was founded by orchestrator orchestrator-1 at feature level 1.
                     2  2026-03-01 12:00:00Z  Orchestrator orchestrator-1 became the owner of the log (term 1).
                     3  2026-03-01 12:00:00Z  Slot hsm-a was registered, served by /usr/lib/hsm-a.so with custody "no replicas" (local).
                """,
                ""));
  }

  @Test
  void namesWhatIsNoPartOfTheHistory() {
    Instant seen = Instant.parse("2026-03-01T12:00:01Z");
    terminal.desk.strays(
        new StrayRun(3, 3, 1, 1, "repeated", "record 1 stands there again", seen),
        new StrayRun(7, 20_006, 20_000, 3, "unsigned", "author 'x\u001b' is not enrolled", seen));
    assertThat(terminal.run("log", "--all").out().lines().map(l -> l.replaceAll("  House .*", "")))
        .satisfiesExactly(
            l -> assertThat(l).startsWith("     1  "),
            l ->
                assertThat(l)
                    .isEqualTo(
                        "     -  2026-03-01 12:00:01Z  offset 3: no part of the history: record 1 stands there again"),
            l -> assertThat(l).startsWith("     2  "),
            l -> assertThat(l).startsWith("     3  "),
            l ->
                assertThat(l)
                    .startsWith(
                        "     -  2026-03-01 12:00:01Z  offsets 7 to 20006 (20000 records): no part of the history: author 'x")
                    .doesNotContain("\u001b"));
    assertThat(terminal.run("log", "--all", "-n1").out().lines()).hasSize(3);
    assertThat(terminal.run("log").out().lines()).hasSize(3);
    assertThat(terminal.run("log", "--all", "-o", "json").out().lines())
        .hasSize(5)
        .element(1)
        .asString()
        .startsWith("{\"first\":3,\"last\":3,\"count\":1,\"after\":1,\"kind\":\"repeated\"");
  }

  @Test
  void tellsTheLastTwentyUnlessAskedForMore() {
    for (int i = 0; i < 1_200; i++) {
      terminal.desk.refuseSomething();
    }
    assertThat(terminal.run("log").out().lines())
        .hasSize(20)
        .last()
        .matches(l -> l.startsWith("  1203  "));
    assertThat(terminal.run("log", "-n", "2").out().lines()).hasSize(2);
    assertThat(terminal.run("log", "--from", "1").out().lines()).hasSize(1_203);
    assertThat(terminal.run("log", "--from", "2", "-n3").out().lines())
        .extracting(l -> l.substring(0, 6))
        .containsExactly("     2", "     3", "     4");
    assertThat(terminal.run("log", "--from", "2000")).isEqualTo(new Ran(0, "", ""));
  }

  @Test
  void asDocumentsOnLines() {
    assertThat(terminal.run("log", "-o", "json").out().lines())
        .hasSize(3)
        .allSatisfy(
            line -> Json.PLAIN.read(line.getBytes(StandardCharsets.UTF_8), HistoryEntry.class))
        .first()
        .asString()
        .startsWith(
            "{\"sequence\":1,\"time\":\"2026-03-01T12:00:00Z\",\"type\":\"carousel.founded.v1\",\"sentence\":");
  }

  @Test
  void followsWhatHappens() throws Exception {
    Thread following = Thread.ofVirtual().start(() -> terminal.run("log", "-n1", "-f"));
    seen("     3  ");
    terminal.desk.refuseSomething();
    seen("     4  ");
    terminal.stop();
    terminal.start();
    terminal.desk.refuseSomething();
    seen("     5  ");
    following.interrupt();
    following.join(java.time.Duration.ofSeconds(20));
    assertThat(following.isAlive()).isFalse();
  }

  private void seen(String text) {
    Awaitility.await().until(() -> terminal.screen().contains(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--from=0", "-n=0", "--from=x", "-n=-1"})
  void numbersMustMakeSense(String option) {
    assertThat(terminal.run("log", option).exit()).isEqualTo(ExitCode.USAGE);
  }
}
