package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.KeyId;
import io.carousel.events.SlotFinding;
import io.carousel.events.SlotFinding.Kind;
import io.carousel.events.SlotName;
import io.carousel.events.SlotReport;
import io.carousel.events.Suite;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carousel slot}. */
class SlotCommandsTest {
  private static final KeyId KEY = new KeyId("a1b2c301");
  private static final Digest PUBLIC = Digest.of(new byte[] {1});

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
  void aSlotIsDeclared() {
    Ran ran =
        terminal.run(
            "slot", "add", "hsm-c", "--module", "/opt/hsm.so", "--custody", "two replicas");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).startsWith("Slot hsm-c is declared.\nNext: ");
    assertThat(terminal.run("slot", "list").out()).contains("hsm-c", "/opt/hsm.so", "two replicas");
    Ran other =
        terminal.run("slot", "add", "hsm-c", "--module", "/opt/other.so", "--custody", "none");
    assertThat(other.exit()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aCheckShowsWhatIsThere() {
    Ran ran = check(report(Optional.of(PUBLIC)));
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains(
            "Slot:        hsm-a, checked ",
            "Token:       'hsm-a', serial 00ff",
            "Module:      SoftHSM 2.6, PKCS#11 2.40",
            "Mechanisms:  CKM_EDDSA",
            "a1b2c301  ed25519  4bf5122f    yes             not modifiable");
    assertThat(terminal.run("slot", "list").out()).contains(" ok ");
  }

  @Test
  void aCheckThatFindsSomethingFails() {
    Ran ran =
        check(report(Optional.empty()), new SlotFinding(Kind.CANNOT_SIGN, KEY, "CKR_DEVICE_ERROR"));
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.out()).contains("cannot-sign  a1b2c301  CKR_DEVICE_ERROR");
    assertThat(ran.err()).contains("not as it should be");
  }

  @Test
  void aKeyThatTheLogDoesNotKnowIsNoFailure() {
    Ran ran = check(report(Optional.empty()), new SlotFinding(Kind.UNKNOWN, KEY, "a stranger"));
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("unknown  a1b2c301  a stranger");
  }

  @Test
  void aCheckThatBeganBeforeSaysNothingOfWhatIsThereNow() {
    assertThat(terminal.run("slot", "check", "hsm-a", "--timeout", "0s").exit())
        .isEqualTo(ExitCode.UNKNOWN);
    Thread worker =
        Thread.startVirtualThread(() -> {
          var before = asked().orElseThrow();
          terminal.desk.tokenSeen("hsm-a", report(Optional.empty()));
          await().until(() -> asked().filter(now -> !now.equals(before)).isPresent());
          terminal.desk.tokenSeen(
              "hsm-a",
              report(Optional.of(PUBLIC)),
              new SlotFinding(Kind.UNKNOWN, KEY, "came meanwhile"));
        });
    Ran ran = terminal.run("slot", "check", "hsm-a");
    assertThat(ran.out()).contains("came meanwhile");
    assertThat(worker.isAlive()).isFalse();
  }

  private Optional<CommandId> asked() {
    return terminal.desk.house().slots().get(new SlotName("hsm-a")).asked();
  }

  @Test
  void whoDoesNotAnswerIsNamed() {
    Ran ran = terminal.run("slot", "check", "hsm-a", "--timeout", "0s");
    assertThat(ran.exit()).isEqualTo(ExitCode.UNKNOWN);
    assertThat(ran.err()).contains("its worker has not answered; is it running?");
    assertThat(terminal.run("slot", "check", "nowhere").exit()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void onlyWhatIsFrozenCanBeThawed() {
    Ran ran = terminal.run("slot", "thaw", "hsm-a", "--reason", "looked into");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("is not frozen");
  }

  /** The worker answers as soon as it is asked. */
  private Ran check(SlotReport report, SlotFinding... findings) {
    Thread worker =
        Thread.startVirtualThread(() -> {
          await().until(() -> asked().isPresent());
          terminal.desk.tokenSeen("hsm-a", report, findings);
        });
    Ran ran = terminal.run("slot", "check", "hsm-a");
    assertThat(worker.isAlive()).isFalse();
    return ran;
  }

  private static SlotReport report(Optional<Digest> trial) {
    return new SlotReport(
        "hsm-a",
        "00ff",
        "SoftHSM v2 by SoftHSM project",
        "SoftHSM 2.6",
        "2.40",
        "2.6",
        List.of(Suite.ED25519),
        List.of("CKM_EDDSA"),
        List.of(
            new SlotReport.SeenKey(
                KEY, PUBLIC, Suite.ED25519, List.of("not modifiable"), trial, Optional.empty())),
        0);
  }
}
