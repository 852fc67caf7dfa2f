package io.carousel.orchestrator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.carousel.events.Role;
import io.carousel.orchestrator.cli.Terminal.Ran;
import io.carousel.orchestrator.http.FakeDesk;
import io.carousel.orchestrator.http.FakeDesk.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What all commands have in common: help, errors, exit codes, and where the node is. */
class CommandLineTest {
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

  // --- where the node is
  // ---------------------------------------------------------------------------

  @Test
  void withoutANodeItSaysHowToStartOne() throws IOException {
    Files.delete(folder.resolve("node.json"));
    Ran ran = terminal.run("authority", "list");
    assertThat(ran)
        .isEqualTo(
            new Ran(
                ExitCode.NO_NODE,
                "",
                "carousel: no node is running on %s; start one with ./carousel up\n"
                    .formatted(folder)));
  }

  @Test
  void aFolderThatIsNamedGoesBeforeTheEnvironment() {
    Path other = folder.resolve("other");
    Ran ran = terminal.run("slot", "list", "--data", other.toString());
    assertThat(ran.exit()).isEqualTo(ExitCode.NO_NODE);
    assertThat(ran.err())
        .isEqualTo(
            "carousel: no node is running on %s; start one with ./carousel up --data %s\n"
                .formatted(other, other));
    assertThat(terminal.runIn(Map.of(), "slot", "list", "--data=" + folder).exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', home/.local/share/carousel/node",
    "'', relative, home/.local/share/carousel/node",
    "'', /data, /data/carousel/node",
    "/own, /data, /own"
  })
  void theEnvironmentSaysWhereItIs(String own, String shared, String expected) {
    Ran ran = terminal.runIn(Map.of("CAROUSEL_DATA", own, "XDG_DATA_HOME", shared), "slot", "list");
    assertThat(ran.err())
        .isEqualTo(
            "carousel: no node is running on %s; start one with ./carousel up\n"
                .formatted(folder.resolve(expected)));
  }

  @Test
  void aNodeThatIsGoneIsNoNode() {
    terminal.stop();
    assertThat(terminal.run("slot", "list").exit()).isEqualTo(ExitCode.NO_NODE);
    assertThat(terminal.run("authority", "create", "user", "--slot=hsm-a").exit())
        .isEqualTo(ExitCode.NO_NODE);
  }

  @Test
  void whatACrashedNodeLeftIsNoNode() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    try (var stranger = new Stranger(200, "{}")) {
      terminal.describe(stranger.address(), gone.pid());
      assertThat(terminal.run("slot", "list").exit()).isEqualTo(ExitCode.NO_NODE);
      assertThat(stranger.asked).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://example.org:80", "https://127.0.0.1", "file:///etc", "::"})
  void theSecretGoesNowhereElse(String address) throws IOException {
    terminal.describe(address, ProcessHandle.current().pid());
    Ran ran = terminal.run("slot", "list");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("names no address of this machine; restart the node");
  }

  @Test
  void aDamagedDescriptionIsSaid() throws IOException {
    Files.writeString(folder.resolve("node.json"), "{\"api\":");
    Ran ran = terminal.run("slot", "list");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("node.json is damaged").contains("restart the node");
  }

  @Test
  void aWrongSecretIsSaid() throws IOException {
    Files.writeString(folder.resolve("api.secret"), "0123456789abcdef0123456789abcdef");
    Ran ran = terminal.run("slot", "list");
    assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(ran.err()).contains("does not accept the secret of");
  }

  @ParameterizedTest
  @CsvSource({
    "500, <html>, 1, is this a Carousel node?",
    "200, <html>, 1, does the node run another version of Carousel?",
    "503, <html>, 4, the node gave no answer within 3 seconds"
  })
  void whateverElseListensThereIsSaid(int status, String body, int exit, String message)
      throws IOException {
    try (var stranger = new Stranger(status, body)) {
      terminal.describe(stranger.address(), ProcessHandle.current().pid());
      Ran ran = terminal.impatient().run("slot", "list");
      assertThat(ran.err()).contains(message);
      assertThat(ran.exit()).isEqualTo(exit);
    }
  }

  // --- acts whose outcome is not known
  // ---------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({"LOST_BEFORE_EFFECT", "LOST_AFTER_EFFECT"})
  void anActIsSentAgainAndDoneOnce(Fault fault) {
    terminal.desk.fail(fault, fault);
    Ran ran = terminal.run("authority", "create", "user");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(terminal.desk.decided()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"LOST_BEFORE_EFFECT, 0", "LOST_AFTER_EFFECT, 1"})
  void anOutcomeThatStaysUnknownIsSaid(Fault fault, int decided) {
    terminal.desk.fail(fault, fault, fault, fault);
    Ran ran = terminal.impatient().run("authority", "create", "user");
    assertThat(ran.exit()).isEqualTo(ExitCode.UNKNOWN);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("even after the node is started anew: look with 'carousel log'");
    assertThat(terminal.desk.decided()).isEqualTo(decided);
  }

  // --- what was typed
  // --------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authority",
        "authority create",
        "authority create user host",
        "authority create USER",
        "authority create user --suite md5",
        "authority create user --leaf-lifetime soon",
        "authority create user --hold 1x",
        "authority create user --slot a,,b",
        "authority show user --nonsense",
        "authority list -o xml",
        "rotation advance",
        "rotation rollback user",
        "rotation finish user",
        "completion",
        "nonsense",
      })
  void whatMakesNoSenseIsSaidWithAHint(String line) {
    Ran ran = terminal.run(line.split(" "));
    assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("carousel: ").matches("(?s).*\nTry 'carousel.* --help'\\.\n");
    assertThat(terminal.desk.decided()).isZero();
  }

  @Test
  void messagesNameTheFault() {
    assertThat(terminal.run("authority", "create", "user", "--leaf-lifetime", "soon").err())
        .contains("'soon' is no duration; write it as 7d, 24h, 1d12h or 90s")
        .doesNotContain("Exception");
    assertThat(terminal.run("authority", "create", "us\u001b[2Jer").err())
        .contains("us\\u{1b}[2Jer")
        .matches("[ -~\n]+");
    assertThat(terminal.run("authority", "show", "user", "\u001b[2J").err()).matches("[ -~\n]+");
  }

  @ParameterizedTest
  @CsvSource({"7d, PT168H", "1d12h, PT36H", "90s, PT90S", "2h30m, PT2H30M", "PT5M, PT5M"})
  void durationsAreWrittenShortly(String text, java.time.Duration duration) {
    assertThat(Arguments.duration(text)).isEqualTo(duration);
  }

  @Test
  void otherCommandsFailAsTheyDid() {
    Ran ran = terminal.run("other");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("not ours");
  }

  // --- help
  // -----------------------------------------------------------------------------------------

  @Test
  void everyCommandHelpsWithExamplesAndExitCodes() {
    helps(OperatorCommands.mount(new CommandLine(new Terminal.Carousel())));
  }

  private static void helps(CommandLine command) {
    String usage = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
    if (!command.getCommandName().equals("other")) {
      assertThat(usage).contains("Exit codes:", "no node is running on the data folder");
    }
    if (command.getCommand() instanceof NodeCommand) {
      assertThat(usage).contains("Examples:", "  carousel ", "--data", "--output", "--help");
    }
    command.getSubcommands().values().forEach(CommandLineTest::helps);
  }

  @Test
  void helpGoesToTheOutput() {
    Ran ran = terminal.run("rotation", "advance", "--help");
    assertThat(ran.exit()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).startsWith("Usage: carousel rotation advance ");
  }

  @Test
  void bashCompletesIt() throws Exception {
    Ran ran = terminal.run("completion", "bash");
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("carousel").contains("rollback").contains("ecdsa-p256");
    Path script = Files.writeString(folder.resolve("completion"), ran.out());
    Process bash = new ProcessBuilder("bash", "-n", script.toString()).start();
    assertThat(bash.waitFor()).isZero();
  }

  @Test
  void coloursAreForTerminals() {
    assertThat(terminal.run("slot", "list").out()).doesNotContain("\u001b");
    assertThat(terminal.onScreen().run("slot", "list").out()).startsWith("\u001b[1mNAME");
  }

  // --- what the house has
  // -----------------------------------------------------------------------------

  @Test
  void listsSlots() {
    assertThat(terminal.run("slot", "list").out())
        .isEqualTo(
            """
            NAME   AUTHORITIES  CHECKED  STATE  MODULE             CUSTODY
            hsm-a  0            never    -      /usr/lib/hsm-a.so  no replicas
            """);
    assertThat(terminal.run("slot", "list", "-o", "json").out())
        .isEqualTo(
            """
            {
              "slots" : [ {
                "name" : "hsm-a",
                "module" : "/usr/lib/hsm-a.so",
                "custody" : "no replicas",
                "authorities" : 0,
                "frozen" : null,
                "inspecting" : false,
                "failure" : null,
                "seen" : null,
                "silent" : null,
                "lost" : null,
                "refusals" : [ ],
                "keys" : 0
              } ]
            }
            """);
  }

  @Test
  void listsTheFleet() {
    terminal.run("authority", "create", "user");
    terminal.desk.enrol("user", EnumSet.of(Role.VERIFIES, Role.PRESENTS_CLIENT), "laptop-1");
    terminal.desk.enrol("user", EnumSet.of(Role.PRESENTS_SERVER), "web-1");
    assertThat(terminal.run("fleet", "list").out())
        .isEqualTo(
            """
            NAME      AUTHORITY  ROLES
            laptop-1  user       presents-client, verifies
            web-1     user       presents-server
            """);
    assertThat(terminal.run("fleet", "list", "-ojson").out())
        .startsWith("{\n  \"participants\" : [ {");
  }

  /** Something that listens where a node was expected. */
  private static final class Stranger implements AutoCloseable {
    private final HttpServer server;
    private volatile boolean asked;

    Stranger(int status, String body) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            asked = true;
            byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
      server.start();
    }

    String address() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
