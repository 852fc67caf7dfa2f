package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.EnrolmentEvent.EnrolmentTokenCreated;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Event;
import io.carousel.events.Membership;
import io.carousel.events.Role;
import io.carousel.events.seal.EnrolmentToken;
import io.carousel.events.seal.EnrolmentTokenFile;
import io.carousel.events.seal.Recorded;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.documents.EnrolmentTokens;
import io.carousel.orchestrator.http.FakeDesk;
import io.carousel.orchestrator.rules.Story;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code carousel fleet}. */
class FleetCommandsTest {
  private static final String[] CREATE = {
    "fleet",
    "token",
    "create",
    "--authority",
    "user",
    "--role",
    "presents-server",
    "--role",
    "verifies",
    "--ttl",
    "1h"
  };

  @TempDir Path folder;
  private Terminal terminal;
  private int asked;

  @BeforeEach
  void start() throws IOException {
    terminal = new Terminal(folder, FakeDesk.withSlots("hsm-a"));
    assertThat(terminal.run("authority", "create", "user").exit()).isZero();
  }

  @AfterEach
  void stop() {
    terminal.close();
  }

  private Ran create(String... more) {
    return terminal.run(
        java.util.stream.Stream.of(CREATE, more)
            .flatMap(java.util.stream.Stream::of)
            .toArray(String[]::new));
  }

  /** The file says nothing of whom that breaks: an operator does. */
  @Test
  void whatAnAgentPrintsIsEnrolled() throws Exception {
    terminal.run("authority", "create", "user");
    String printed =
        """
        {"participant": "web-9", "identityKey": "%s", "memberships": [
          {"authority": "user", "roles": ["verifies"], "formats": ["x509"], "names": []}]}
        """
            .formatted(Base64.getEncoder().encodeToString(FakeDesk.identity().toArray()));
    Path file = Files.writeString(folder.resolve("web-9.json"), printed);
    Ran ran = terminal.run("fleet", "enrol", file.toString());
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).startsWith("Participant web-9 is enrolled with identity key SHA-256 ");
  }

  private void enrols(EnrolmentToken token, String name) {
    byte[] random = new byte[10];
    random[0] = (byte) ++asked;
    terminal.desk.ask(
        CommandId.of(FakeDesk.NOON, random),
        new Act.EnrolByToken(Story.asks(FakeDesk.HOUSE, token, name, name, terminal.desk.now())));
  }

  private EnrolmentTokens tokens() {
    return Json.PLAIN.read(
        terminal.run("fleet", "token", "list", "-o", "json").out().getBytes(UTF_8),
        EnrolmentTokens.class);
  }

  @Test
  void aTokenIsPrintedOnceAndKnownToTheHouseByItsPublicKey() {
    Ran ran = create("--name", "web-*", "--uses", "3");
    assertThat(ran.exit()).as(ran.err()).isZero();
    EnrolmentToken token = EnrolmentToken.parse(ran.out().strip());
    assertThat(ran.err())
        .contains("enrolment token " + token.id(), "until 2026-03-01 13:00:00Z", "a secret");
    assertThat(tokens().tokens())
        .singleElement()
        .satisfies(t -> {
          assertThat(t.publicKey()).isEqualTo(token.publicKey());
          assertThat(t.uses()).isEqualTo(3);
          assertThat(t.memberships().getFirst().roles())
              .containsExactly(Role.PRESENTS_SERVER, Role.VERIFIES);
        });
    String seed = token.text().substring(token.text().lastIndexOf('.') + 1);
    for (Recorded r : terminal.desk.history(1, 1_000, Duration.ZERO)) {
      assertThat(new String(Wire.CURRENT.write(r.event()).value(), UTF_8)).doesNotContain(seed);
    }
    assertThat(terminal.run("fleet", "token", "list").out()).doesNotContain(seed);
  }

  /** What programs get. */
  private record Created(
      EnrolmentTokenId id, Optional<String> token, Optional<String> file, Instant expiresAt) {}

  @Test
  void whereHostsOfOtherMachinesAreReceivedItEnrolsForThatToo() {
    assertThat(terminal.run("authority", "create", "carousel").exit()).isZero();
    Ran ran =
        terminal.run(
            "fleet",
            "token",
            "create",
            "--authority",
            "user",
            "--role",
            "presents-server",
            "--name",
            "web-1",
            "--ttl",
            "1h");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(terminal.desk.house().grants().values())
        .singleElement()
        .satisfies(g ->
            assertThat(g.memberships())
                .contains(
                    new Membership(
                        AuthorityName.BUILT_IN, List.of(Role.PRESENTS_CLIENT, Role.VERIFIES))));
  }

  @Test
  void programsGetItAsJson() {
    Ran ran = create("--name", "web-1", "-o", "json");
    Created made = Json.PLAIN.read(ran.out().getBytes(UTF_8), Created.class);
    assertThat(EnrolmentToken.parse(made.token().orElseThrow()).id()).isEqualTo(made.id());
    assertThat(made.expiresAt()).isEqualTo(FakeDesk.NOON.plus(Duration.ofHours(1)));
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void aTokenGoesIntoANewFile() throws IOException {
    Path file = folder.resolve("web.token");
    Ran ran = create("--name", "web-1", "--replace", "--out", file.toString());
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(file.toString()).doesNotContain("carousel-token-1");
    EnrolmentToken token = EnrolmentTokenFile.read(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(tokens().tokens())
        .singleElement()
        .satisfies(t -> {
          assertThat(t.id()).isEqualTo(token.id());
          assertThat(t.replace()).isTrue();
        });
    Ran again = create("--name", "web-1", "--out", file.toString());
    assertThat(again.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).contains("is not overwritten");
    assertThat(EnrolmentTokenFile.read(file)).isEqualTo(token);
    assertThat(tokens().tokens()).hasSize(1);
  }

  @Test
  void whatTheHouseRefusesLeavesNoFile() {
    Path file = folder.resolve("web.token");
    Ran ran = create("--name", "web-*", "--replace", "--out", file.toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("for one name and one use");
    assertThat(file).doesNotExist();
    assertThat(created()).isEmpty();
  }

  /** The house may have made it: then the file is all there is of it. */
  @Test
  void ifTheOutcomeIsUnknownTheFileStays() throws IOException {
    terminal.impatient();
    terminal.desk.fail(
        java.util.Collections.nCopies(1_000, FakeDesk.Fault.LOST_AFTER_EFFECT)
            .toArray(FakeDesk.Fault[]::new));
    Path file = folder.resolve("web.token");
    Ran ran = create("--name", "web-1", "--out", file.toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.UNKNOWN);
    assertThat(created())
        .singleElement()
        .satisfies(t -> assertThat(t.token()).isEqualTo(EnrolmentTokenFile.read(file).id()));
  }

  private List<EnrolmentTokenCreated> created() {
    return terminal.desk.history(1, 1_000, Duration.ZERO).stream()
        .map(Recorded::event)
        .filter(EnrolmentTokenCreated.class::isInstance)
        .map(EnrolmentTokenCreated.class::cast)
        .toList();
  }

  @Test
  void theListTellsHowTokensFare() {
    EnrolmentToken token = EnrolmentToken.parse(create("--name", "web-*").out().strip());
    enrols(token, "web-1");
    enrols(token, "web-2");
    assertThat(terminal.run("fleet", "token", "list").out())
        .isEqualTo(
            """
            ID                FOR    ENROLS                           USED    STATE    UNTIL                 MISUSE
            %s  web-*  user: presents-server, verifies  1 of 1  used-up  2026-03-01 12:00:00Z  MISUSED 1 time, last as web-2 (used-up)
            """
                .formatted(token.id()));
    assertThat(terminal.run("log").out())
        .contains("ALARM: somebody who holds enrolment token " + token.id());
  }

  @Test
  void aTokenIsRevokedWithAReason() {
    EnrolmentToken token = EnrolmentToken.parse(create("--name", "web-*").out().strip());
    String id = token.id().value();
    assertThat(terminal.run("fleet", "token", "revoke", id).exit()).isEqualTo(ExitCode.USAGE);
    Ran ran = terminal.run("fleet", "token", "revoke", id, "--reason", "it leaked & more");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(tokens().tokens().getFirst().revoked().orElseThrow().reason())
        .isEqualTo("it leaked & more");
    Ran again = terminal.run("fleet", "token", "revoke", id, "--reason", "once more");
    assertThat(again.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).contains("there is nothing to revoke");
    assertThat(terminal.run("fleet", "token", "revoke", "x", "--reason", "r").exit())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void oneParticipantIsShown() {
    EnrolmentToken token =
        EnrolmentToken.parse(
            create("--name", "web-*", "--subject-name", "dns:web.example").out().strip());
    enrols(token, "web-1");
    assertThat(terminal.run("fleet", "show", "web-1").out())
        .isEqualTo(
            """
            Participant:   web-1
            Identity key:  SHA-256 %s
            Enrolled by:   token %s

            AUTHORITY  ROLES                      FORMATS  OTHER NAMES
            user       presents-server, verifies  x509     dns:web.example
            """
                .formatted(Story.identity("web-1").digest(), token.id()));
    terminal.desk.enrol("user", EnumSet.of(Role.VERIFIES), "db-1");
    assertThat(terminal.run("fleet", "show", "db-1").out()).contains("an operator");
    Ran none = terminal.run("fleet", "show", "nobody");
    assertThat(none.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(none.err()).contains("there is no participant 'nobody'");
  }

  @Test
  void aParticipantIsRemovedWithAReason() {
    terminal.desk.enrol("user", EnumSet.of(Role.VERIFIES), "web-1");
    assertThat(terminal.run("fleet", "remove", "web-1").exit()).isEqualTo(ExitCode.USAGE);
    Ran ran = terminal.run("fleet", "remove", "web-1", "--reason", "switched off");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).startsWith("Participant web-1 is removed.\n");
    assertThat(terminal.desk.house().participants()).isEmpty();
    assertThat(last().toString()).contains("switched off");
    Ran again = terminal.run("fleet", "remove", "web-1", "--reason", "once more");
    assertThat(again.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).contains("there is no participant 'web-1'");
  }

  private Event last() {
    return terminal.desk.history(1, 1_000, Duration.ZERO).getLast().event();
  }

  @Test
  void wordsThatAreNoneAreNamed() {
    assertThat(create("--name", "web-**").err()).contains("one asterisk at most");
    assertThat(
            terminal
                .run(
                    "fleet",
                    "token",
                    "create",
                    "--authority",
                    "user",
                    "--role",
                    "king",
                    "--name",
                    "a",
                    "--ttl",
                    "1h")
                .err())
        .contains("presents-client, presents-server, verifies");
    assertThat(terminal.run("fleet", "token").err()).contains("name one of: create, list, revoke");
  }
}
