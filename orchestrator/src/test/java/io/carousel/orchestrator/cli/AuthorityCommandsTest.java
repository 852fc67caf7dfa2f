package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.FormatSuite;
import io.carousel.events.Suite;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authorities from the command line. */
class AuthorityCommandsTest {
  @TempDir Path folder;
  private Terminal terminal;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a", "hsm-b"));
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  @Test
  void createsOnAllSlotsByDefault() {
    Ran ran = terminal.run("authority", "create", "user");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            "Authority user is being created: its keys are made on hsm-a and hsm-b; see 'carousel authority show user'.\n");
  }

  @Test
  void createsAsAsked() {
    Ran ran =
        terminal.run(
            "authority",
            "create",
            "host",
            "--suite=ed25519",
            "--slot=hsm-b",
            "--leaf-lifetime=1d12h",
            "--hold=never",
            "-o",
            "json");
    assertThat(ran.exit()).as(ran.err()).isZero();
    AuthorityDetails made = document(ran, AuthorityDetails.class);
    assertThat(made.formats()).isEqualTo(FormatSuite.x509(Suite.ED25519));
    assertThat(made.slots()).extracting(Object::toString).containsExactly("hsm-b");
    assertThat(made.policy().leafLifetime()).isEqualTo(Duration.ofHours(36));
    assertThat(made.policy().hold()).isEmpty();
  }

  @Test
  void slotsMayBeNamedInOneWordOrMany() {
    for (String[] line :
        new String[][] {
          {"authority", "create", "one", "--slot=hsm-a,hsm-b"},
          {"authority", "create", "two", "--slot=hsm-a", "--slot", "hsm-b"}
        }) {
      assertThat(terminal.run(line).out()).contains("its keys are made on hsm-a and hsm-b");
    }
  }

  @Test
  void waitsForTheFirstKeys() {
    var ran =
        CompletableFuture.supplyAsync(() -> terminal.run("authority", "create", "user", "--wait"))
            .orTimeout(2, TimeUnit.MINUTES);
    Awaitility.await().until(() -> !terminal.desk.house().authorities().isEmpty());
    terminal.desk.keysCome("user");
    assertThat(ran.join().out())
        .isEqualTo("Authority user is open: generation 1 signs with keys on hsm-a and hsm-b.\n");
  }

  @Test
  void doesNotWaitForEver() {
    Ran ran = terminal.run("authority", "create", "user", "--wait", "--timeout", "0s");
    assertThat(ran.exit()).isEqualTo(ExitCode.UNKNOWN);
    assertThat(ran.err())
        .isEqualTo(
            """
            waiting: Wait for the keys of generation 1 on hsm-a and hsm-b.
            carousel: waited 0s in vain: Wait for the keys of generation 1 on hsm-a and hsm-b.
            """);
  }

  @Test
  void saysWhyItIsRefused() {
    terminal.run("authority", "create", "user");
    Ran ran = terminal.run("authority", "create", "user", "--suite=rsa-2048");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualTo(
            "carousel: authority 'user' exists already; choose another name, or see 'carousel authority show user'\n");
  }

  @Test
  void needsASlot() throws IOException {
    try (var bare = new Terminal(folder, FakeDesk.withSlots())) {
      Ran ran = bare.run("authority", "create", "user");
      assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
      assertThat(ran.err()).startsWith("carousel: no slot is registered yet");
    }
  }

  @Test
  void listsThem() {
    assertThat(terminal.run("authority", "list"))
        .isEqualTo(
            new Ran(
                0,
                "NAME  PHASE  ROTATION  GENERATION  SUITES  SLOTS\n",
                "There is no authority yet; create one with 'carousel authority create NAME'.\n"));
    terminal.run("authority", "create", "user");
    terminal.desk.keysCome("user");
    terminal.run("authority", "create", "db", "--suite=rsa-3072", "--slot=hsm-b");
    assertThat(terminal.run("authority", "list").out())
        .isEqualTo(
            """
            NAME  PHASE     ROTATION  GENERATION  SUITES           SLOTS
            db    creating  -         1           x509=rsa-3072    hsm-b
            user  standby   -         1           x509=ecdsa-p256  hsm-a,hsm-b
            """);
    assertThat(
            document(terminal.run("authority", "list", "-o", "json"), Authorities.class)
                .authorities())
        .hasSize(2);
  }

  @Test
  void showsOne() {
    terminal.run("authority", "create", "user", "--slot=hsm-a");
    terminal.desk.keysCome("user");
    terminal.run("rotation", "start", "user");
    terminal.desk.keyFails("user", 2, "hsm-a", "no room on\nthe token");
    Ran ran = terminal.run("authority", "show", "user");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            Authority:      user
            Phase:          init of rotation user/1
            Suites:         x509=ecdsa-p256
            Slots:          hsm-a
            Credentials:    live 1d
            CA certificate: of generation 1 ends 2036-02-27 00:00:00Z
            Retired keys:   destroyed after 7d
            Evidence:       trust as strongest, credentials as strongest
            Trust bundle:   1, with 1 key

            GENERATION  SLOT   FORMAT  STAGE      UNTIL  KEY       PUBLIC KEY        FAILURE
            1           hsm-a  x509    certified  -      a1b2c301  %s  -
            2           hsm-a  x509    requested  -      -         -                 token-full: no room on\\u{a}the token
            """
                .formatted(
                    io.carousel.events.Digest.of("public key 1".getBytes(StandardCharsets.UTF_8))
                        .value()
                        .substring(0, 16)));
  }

  @Test
  void anUnknownOneIsNotFound() {
    Ran ran = terminal.run("authority", "show", "nobody");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                ExitCode.FAILED,
                "",
                "carousel: there is no authority 'nobody'; see 'carousel authority list'\n"));
  }

  private static <T> T document(Ran ran, Class<T> type) {
    return Json.PLAIN.read(ran.out().getBytes(StandardCharsets.UTF_8), type);
  }
}
