package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.Act;
import io.carousel.events.PhaseName;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Slots;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carousel slot join}, {@code leave}, {@code lost} and {@code remove}. */
class SlotMembershipCommandsTest {
  private static final SlotName C = new SlotName("hsm-c");

  @TempDir Path folder;
  private Terminal terminal;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a", "hsm-b", "hsm-c"));
    terminal.run("authority", "create", "user", "--slot", "hsm-a,hsm-b");
    terminal.desk.keysCome("user");
    terminal.desk.enrol("user", EnumSet.allOf(Role.class), "web-1");
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  @Test
  void aSlotJoinsStepByStep() {
    Ran ran = terminal.run("slot", "join", "hsm-c", "user", "--reason", "a second site");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            Slot hsm-c is joining authority user.
            Next: Wait for the keys of generation 1 on hsm-c.
            """);
    assertThat(terminal.run("rotation", "advance", "user").err())
        .startsWith("carousel: authority 'user' cannot leave slot-joining: there is no usable key");
    terminal.desk.keysCome("user");
    assertThat(terminal.run("rotation", "status", "user").out())
        .startsWith(
            """
            Authority:  user
            Rotation:   none; slot hsm-c is joining
            Phase:      slot-joining since 2026-03-01 12:00:00Z
            Gate:       0 of 1 answers hold
            """)
        .contains(
            "web-1        2026-03-01 12:00:00Z  not-reported  trusts slot hsm-c  has never reported");
    assertThat(terminal.run("authority", "show", "user").out()).contains("slot-joining:   hsm-c");
    assertThat(terminal.run("rotation", "status").out()).contains("slot-joining", "0/1");
    terminal.desk.shows("web-1");
    assertThat(terminal.run("rotation", "advance", "user").out())
        .startsWith("Authority user is in standby again.\n");
    assertThat(terminal.run("authority", "list").out()).contains("hsm-a,hsm-b,hsm-c");
  }

  @Test
  void aSlotJoinsInOneGo() {
    terminal.desk.shows("web-1");
    Thread worker =
        Thread.startVirtualThread(() -> {
          await().until(() -> phase() == PhaseName.SLOT_JOINING);
          terminal.desk.keysCome("user");
        });
    Ran ran = terminal.run("slot", "join", "hsm-c", "user", "--wait");
    assertThat(worker.isAlive()).isFalse();
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).startsWith("Slot hsm-c has joined authority user and signs.\n");
    assertThat(phase()).isEqualTo(PhaseName.STANDBY);
  }

  @Test
  void whoWaitsTooLongIsToldForWhat() {
    Ran ran = terminal.run("slot", "join", "hsm-c", "user", "--wait", "--timeout", "0s");
    assertThat(ran.exit()).isEqualTo(ExitCode.UNKNOWN);
    assertThat(ran.err()).contains("Wait for the keys of generation 1 on hsm-c");
  }

  @Test
  void aJoinIsCalledOff() {
    terminal.run("slot", "join", "hsm-c", "user");
    Ran again = terminal.run("slot", "join", "hsm-c", "user");
    assertThat(again.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err())
        .contains("call it off with 'carousel rotation rollback user --reason WHY'");
    Ran ran = terminal.run("rotation", "rollback", "user", "--reason", "not yet");
    assertThat(ran.out()).startsWith("slot-joining of slot hsm-c was called off.\n");
    assertThat(phase()).isEqualTo(PhaseName.STANDBY);
  }

  @Test
  void aSlotLeaves() {
    terminal.desk.shows("web-1");
    Ran ran =
        terminal.run("slot", "leave", "hsm-b", "user", "--reason", "out of warranty", "--wait");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).startsWith("Slot hsm-b has left authority user.\n");
    assertThat(terminal.run("authority", "list").out()).contains("hsm-a\n");
    Ran last = terminal.run("slot", "leave", "hsm-a", "user", "--reason", "too");
    assertThat(last.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(last.err()).contains("carousel slot join SLOT user");
  }

  @Test
  void whoeverIsLeftBehindIsNamed() {
    Ran ran =
        terminal.run(
            "slot", "leave", "hsm-b", "user", "--reason", "lost", "--wait", "--abandon", "web-1");
    assertThat(ran.exit()).as(ran.err()).isZero();
  }

  @Test
  void aLostSlotIsShownWhereverOneLooks() {
    Ran ran = terminal.run("slot", "lost", "hsm-b", "--reason", "burnt");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("carousel slot leave hsm-b AUTHORITY --reason WHY");
    assertThat(terminal.run("slot", "list").out()).contains("LOST since 2026-03-01 12:00:00Z");
    assertThat(terminal.run("authority", "show", "user").out()).contains("LOST:           hsm-b");
    assertThat(terminal.run("rotation", "status", "user").out())
        .contains("LOST:       hsm-b", "carousel slot leave hsm-b user");
    assertThat(terminal.run("rotation", "start", "user").exit()).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.run("slot", "lost", "hsm-b", "--reason", "burnt").exit())
        .isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aSilentSlotAndARefusingWorkerAreShown() {
    terminal.desk.noticed(new Act.SlotObserved(C, true));
    terminal.desk.noticed(new Act.RefusalsSeen(C, "name-not-allowed", 3, "not for bank.example"));
    assertThat(terminal.run("slot", "list").out())
        .contains("silent since 2026-03-01 12:00:00Z, REFUSES name-not-allowed (3)");
    Slots all =
        Json.PLAIN.read(
            terminal.run("slot", "list", "-o", "json").out().getBytes(StandardCharsets.UTF_8),
            Slots.class);
    assertThat(all.slots())
        .filteredOn(s -> s.name().equals(C))
        .singleElement()
        .satisfies(s -> assertThat(s.refusals().getFirst().detail()).contains("bank.example"));
    terminal.desk.noticed(new Act.SlotObserved(new SlotName("hsm-a"), true));
    assertThat(terminal.run("authority", "show", "user").out()).contains("Silent:         hsm-a");
    assertThat(terminal.run("rotation", "status", "user").out()).contains("Silent:     hsm-a");
  }

  @Test
  void aSlotIsRemoved() {
    Ran used = terminal.run("slot", "remove", "hsm-a", "--reason", "sent back");
    assertThat(used.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(used.err()).contains("is in use by user");
    Ran early = terminal.run("slot", "remove", "hsm-c", "--gone", "--reason", "burnt");
    assertThat(early.err()).contains("does not count as lost");
    Ran ran = terminal.run("slot", "remove", "hsm-c", "--reason", "sent back");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo("Slot hsm-c is removed from the house.\n");
    assertThat(terminal.run("slot", "list").out()).doesNotContain("hsm-c");
  }

  @Test
  void completionAndHelpKnowThem() {
    assertThat(terminal.run("completion", "bash").out())
        .contains("slot_join", "slot_leave", "slot_lost", "slot_remove");
    assertThat(terminal.run("slot", "--help").out()).contains("join", "leave", "lost", "remove");
    assertThat(terminal.run("slot", "leave", "hsm-a", "user").exit()).isEqualTo(ExitCode.USAGE);
  }

  private PhaseName phase() {
    return Json.PLAIN
        .read(
            terminal
                .run("rotation", "status", "user", "-o", "json")
                .out()
                .getBytes(StandardCharsets.UTF_8),
            RotationStatus.class)
        .seen()
        .phase();
  }
}
