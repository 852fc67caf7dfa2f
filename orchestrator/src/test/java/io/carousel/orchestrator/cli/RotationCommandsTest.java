package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.PhaseName;
import io.carousel.events.Role;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rotations from the command line. */
class RotationCommandsTest {
  @TempDir Path folder;
  private Terminal terminal;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a"));
    terminal.run("authority", "create", "user");
    terminal.desk.keysCome("user");
    terminal.desk.enrol("user", EnumSet.allOf(Role.class), "web-1", "web-2");
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  @Test
  void aWholeRotationByHand() {
    assertThat(terminal.run("rotation", "start", "user", "--reason", "yearly rotation"))
        .isEqualTo(
            new Ran(
                0,
                """
                A rotation of authority user began.
                Next: Wait for the keys of generation 2 on hsm-a.
                """,
                ""));
    terminal.desk.keysCome("user");
    terminal.desk.shows("web-1");
    assertThat(terminal.run("rotation", "status", "user").out())
        .isEqualTo(
            """
            Authority:  user
            Rotation:   user/1, from generation 1 to 2
            Phase:      init since 2026-03-01 12:00:00Z
            Gate:       1 of 2 answers hold

            GENERATION  SLOT   FORMAT  STAGE      ENDS                  KEY       FAILURE
            1           hsm-a  x509    certified  2036-02-27 00:00:00Z  a1b2c301  -
            2           hsm-a  x509    certified  2036-02-27 00:00:00Z  a1b2c302  -

            WAITING FOR  SINCE                 REASON        QUESTION             WHY
            web-2        2026-03-01 12:00:00Z  not-reported  trusts generation 2  has never reported

            not-reported (1): Give them a minute; then see that their agents run ('carousel agent status' on the host) and reach this house.

            Next: Wait for 1 answer: running agents follow by themselves. Start the agents of those who are silent, and look at the log of those who fail.
            """);

    Ran closed = terminal.run("rotation", "advance", "user");
    assertThat(closed.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(closed.err())
        .startsWith(
            "carousel: rotation user/1 cannot leave init: 1 of 2 answers are missing (web-2");

    terminal.desk.shows("web-2");
    assertThat(terminal.run("rotation", "advance", "user").out())
        .isEqualTo(
            """
            Rotation user/1 entered update-clients; it was in init.
            Next: The gate holds: go on with 'carousel rotation advance user'.
            """);
    assertThat(terminal.run("rotation", "advance", "user").exit()).isZero();
    assertThat(terminal.run("rotation", "advance", "user").out())
        .isEqualTo(
            """
            Rotation user/1 is complete: generation 2 signs.
            Next: Start the next rotation with 'carousel rotation start user' when it is time.
            """);
    assertThat(terminal.run("rotation", "status").out())
        .isEqualTo(
            """
            AUTHORITY  ROTATION  PHASE    SINCE                 GATE  NEXT
            user       -         standby  2026-03-01 12:00:00Z  -     Start the next rotation with 'carousel rotation start user' when it is time.
            """);
  }

  @Test
  void nobodyIsCalledSilentWhileReportsAreBeingRead() {
    terminal.run("rotation", "start", "user");
    terminal.desk.keysCome("user");
    terminal.desk.unread(Optional.of("not read yet (3 of 40 reports)"));
    Ran ran = terminal.run("rotation", "status", "user");
    assertThat(ran.out())
        .contains(
            "What the fleet has shown is not read yet (3 of 40 reports).",
            "not-read (2): Wait",
            "Next: Wait: what the fleet has shown is not read yet (3 of 40 reports).")
        .doesNotContain("never reported", "silent", "abandon", "Look at:");
    terminal.desk.unread(Optional.empty());
    assertThat(terminal.run("rotation", "status", "user").out()).contains("never reported");
  }

  @Test
  void whoNeedsAttentionIsToldInStandbyToo() {
    assertThat(terminal.run("rotation", "status", "user").out())
        .contains(
            "Look at:",
            "web-1, not-reported: has never reported",
            "not-reported: start its agent;");
    assertThat(terminal.run("rotation", "status").out())
        .contains("Look at web-1 (not-reported)", "carousel rotation status user");
    terminal.desk.shows("web-1");
    terminal.desk.shows("web-2");
    assertThat(terminal.run("rotation", "status", "user").out()).doesNotContain("Look at");
  }

  @Test
  void pastRotationsAreListed() {
    assertThat(terminal.run("rotation", "list", "user").out())
        .isEqualTo("ROTATION  GENERATIONS  OUTCOME  PHASES  REASON\n");
    terminal.run("rotation", "start", "user", "--reason", "new year");
    terminal.run("rotation", "rollback", "user", "--reason", "too early");
    assertThat(terminal.run("rotation", "list", "user").out())
        .isEqualTo(
            """
            ROTATION  GENERATIONS  OUTCOME    PHASES                                                    REASON
            user/1    1 to 2       under way  init 2026-03-01 12:00:00Z, rollback 2026-03-01 12:00:00Z  new year
            """);
    assertThat(terminal.run("rotation", "list", "nobody").exit()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void participantsAreLeftBehindByName() {
    terminal.run("rotation", "start", "user");
    terminal.desk.keysCome("user");
    terminal.desk.shows("web-1");
    Ran silent = terminal.run("rotation", "advance", "user", "--abandon", "web-2");
    assertThat(silent.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(silent.err())
        .isEqualTo(
            "carousel: leaving participants behind needs a reason; give one with --reason\n");
    Ran ran =
        terminal.run(
            "rotation", "advance", "user", "--wait", "--abandon", "web-2", "--reason", "stolen");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(terminal.run("log", "-n2").out())
        .contains("1 of 2 answers held, left behind: web-2 (local: \"stolen\").\n")
        .endsWith("signs credentials from now on.\n");
  }

  @Test
  void anEmptyFleetMustBeMeant() throws IOException {
    terminal.run("authority", "create", "db");
    terminal.desk.keysCome("db");
    terminal.run("rotation", "start", "db");
    terminal.desk.keysCome("db");
    Ran ran = terminal.run("rotation", "advance", "db");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("say --nobody if nobody is");
    assertThat(terminal.run("rotation", "advance", "db", "--nobody", "--wait").exit()).isZero();
  }

  @Test
  void isRolledBack() {
    terminal.run("rotation", "start", "user");
    assertThat(terminal.run("rotation", "rollback", "user").exit()).isEqualTo(ExitCode.USAGE);
    Ran ran = terminal.run("rotation", "rollback", "user", "--reason", "wrong week");
    assertThat(ran.out()).startsWith("The rotation of authority user is being rolled back.\n");
    terminal.desk.shows("web-1");
    terminal.desk.shows("web-2");
    assertThat(terminal.run("rotation", "advance", "user").exit()).isZero();
    assertThat(terminal.run("rotation", "rollback", "user", "--reason", "again").err())
        .isEqualTo(
            "carousel: no rotation of authority 'user' is under way; start one with 'carousel rotation start user'\n");
  }

  @Test
  void waitsForTheGate() {
    terminal.run("rotation", "start", "user");
    var ran = typed("rotation", "advance", "user", "--wait");
    terminal.desk.keysCome("user");
    terminal.desk.shows("web-1");
    terminal.desk.shows("web-2");
    assertThat(ran.join().exit()).isZero();
    assertThat(phase()).isEqualTo(PhaseName.UPDATE_CLIENTS);
  }

  @Test
  void waitsForVerifiersThatKeepPublishedKeys() throws IOException {
    terminal.run("authority", "create", "token", "--format=jwt", "--jwks-max-age=1m");
    terminal.desk.keysCome("token");
    terminal.run("rotation", "start", "token");
    terminal.desk.keysCome("token");
    assertThat(terminal.run("rotation", "advance", "token", "--nobody").err())
        .contains("until then verifiers of tokens may keep the keys they had");
    int before = terminal.desk.looks();
    var waiting = typed("rotation", "advance", "token", "--nobody", "--wait");
    Awaitility.await().until(() -> terminal.desk.looks() > before + 2);
    terminal.desk.later(Duration.ofMinutes(2));
    Ran ran = waiting.join();
    assertThat(ran.exit()).as(ran.err()).isZero();
  }

  @Test
  void waitsOnlySoLong() {
    terminal.run("rotation", "start", "user");
    Ran ran = terminal.run("rotation", "advance", "user", "--wait", "--timeout=0s");
    assertThat(ran.exit()).isEqualTo(ExitCode.UNKNOWN);
    assertThat(phase()).isEqualTo(PhaseName.INIT);
  }

  @Test
  void whoeverWaitsMovesNothingThatOthersHaveMoved() {
    terminal.run("rotation", "start", "user");
    terminal.desk.keysCome("user");
    int before = terminal.desk.looks();
    var waiting = typed("rotation", "advance", "user", "--wait", "--abandon=web-9");
    Awaitility.await().until(() -> terminal.desk.looks() > before + 1);
    terminal.beside("rotation", "rollback", "user", "--reason", "no");
    Ran ran = waiting.join();
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(phase()).isEqualTo(PhaseName.ROLLBACK);
  }

  @Test
  void statusAsDocuments() {
    RotationStatus one =
        document(terminal.run("rotation", "status", "user", "-o=json").out(), RotationStatus.class);
    assertThat(one.seen().phase()).isEqualTo(PhaseName.STANDBY);
    assertThat(terminal.run("rotation", "status", "--output=json").out())
        .startsWith("{\n  \"rotations\" : [ {\n    \"authority\" : \"user\",");
    RotationStatus started =
        document(terminal.run("rotation", "start", "user", "-ojson").out(), RotationStatus.class);
    assertThat(started.keysMissing()).isTrue();
  }

  @Test
  void followsItLineByLine() {
    terminal.run("rotation", "start", "user");
    var watching = typed("rotation", "watch", "user");
    seen("init            keys 0/1  gate 0/2");
    terminal.desk.keyFails("user", 2, "hsm-a", "no room");
    seen("init            keys 0/1  gate 0/2  hsm-a: no room");
    terminal.desk.keysCome("user");
    terminal.desk.shows("web-1");
    seen("init            keys 1/1  gate 1/2");
    terminal.desk.shows("web-2");
    for (String phase : List.of("update-clients", "update-servers", "standby")) {
      advance();
      seen(phase);
    }
    Ran ran = watching.join();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines())
        .allMatch(line -> line.startsWith("2026-03-01 12:00:00Z  "))
        .doesNotHaveDuplicates()
        .last()
        .isEqualTo("2026-03-01 12:00:00Z  Rotation user/1 is complete: generation 2 signs.");
  }

  @Test
  void followsItOnAScreen() {
    terminal.run("rotation", "start", "user");
    terminal.onScreen();
    var watching = typed("rotation", "watch", "user");
    seen("key of generation 2 on hsm-a: requested");
    terminal.desk.keysCome("user");
    terminal.desk.shows("web-1");
    seen("  gate [###############...............] 1/2\n  waiting for web-2\n");
    act("rollback", "--reason", "no");
    seen("\u001b[31mrollback\u001b[0m > standby");
    terminal.desk.shows("web-2");
    seen("[\u001b[32m##############################\u001b[0m] 2/2");
    act("advance");
    assertThat(watching.join().out())
        .contains("\u001b[J")
        .endsWith("Rotation user/1 was rolled back: generation 1 signs.\n");
  }

  @Test
  void aNodeThatComesBackIsFollowedOn() throws IOException {
    terminal.run("rotation", "start", "user");
    var watching = typed("rotation", "watch", "user", "-ojson");
    seen("\"phase\":\"init\"");
    terminal.stop();
    terminal.start();
    act("rollback", "--reason", "no");
    terminal.desk.shows("web-1");
    terminal.desk.shows("web-2");
    act("advance");
    Ran ran = watching.join();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out().lines())
        .allSatisfy(line -> document(line, RotationStatus.class))
        .last()
        .satisfies(line ->
            assertThat(document(line, RotationStatus.class).seen().phase())
                .isEqualTo(PhaseName.STANDBY));
  }

  @Test
  void aForecastTellsWhomTheNextStepWouldBreak() {
    assertThat(terminal.run("rotation", "forecast", "user"))
        .isEqualTo(new Ran(0, "No step lies ahead of authority 'user'.\n", ""));
    act("start");
    terminal.desk.keysCome("user");
    Ran ran = terminal.run("rotation", "forecast", "user");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.out())
        .contains("Step:   clients present generation 2", "(never said what they trust)", "web-1");
    assertThat(ran.err()).contains("would break what verifies now");
    terminal.desk.shows("web-1");
    terminal.desk.shows("web-2");
    ran = terminal.run("rotation", "forecast", "user");
    assertThat(ran.exit()).as(ran.out()).isZero();
    assertThat(ran.out()).contains("Breaks: nobody");
    Ran unknown = terminal.run("rotation", "forecast", "user", "--without", "7");
    assertThat(unknown.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(unknown.err()).contains("does not trust generation 7 now");
  }

  @Test
  void thereMayBeNothingToWatch() {
    assertThat(terminal.run("rotation", "watch", "user"))
        .isEqualTo(
            new Ran(
                0,
                """
                2026-03-01 12:00:00Z  standby         keys 1/1  gate 0/0
                2026-03-01 12:00:00Z  No rotation of authority user is under way.
                """,
                ""));
  }

  /** A command that takes its time. */
  private CompletableFuture<Ran> typed(String... line) {
    return CompletableFuture.supplyAsync(() -> terminal.run(line)).orTimeout(2, TimeUnit.MINUTES);
  }

  private void seen(String text) {
    Awaitility.await().until(() -> terminal.screen().contains(text));
  }

  /** Beside a watch, whose screen must stay. */
  private void act(String... command) {
    var line = new java.util.ArrayList<>(List.of("rotation", command[0], "user"));
    line.addAll(List.of(command).subList(1, command.length));
    assertThat(terminal.beside(line.toArray(String[]::new)).exit()).isZero();
  }

  private void advance() {
    act("advance");
  }

  private PhaseName phase() {
    return document(
            terminal.run("rotation", "status", "user", "-ojson").out(), RotationStatus.class)
        .seen()
        .phase();
  }

  private static <T> T document(String text, Class<T> type) {
    return Json.PLAIN.read(text.getBytes(StandardCharsets.UTF_8), type);
  }
}
