package io.carousel.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.agent.program.EnrolmentForm;
import io.carousel.events.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AgentCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path config;

  @BeforeEach
  void configure() throws Exception {
    config =
        Files.writeString(
            folder.resolve("agent.yaml"),
            """
            house: {url: "http://127.0.0.1:1", secretFile: secret}
            participant: {name: web-1}
            state: state
            outputs:
              - authority: web
                roles: [presents-server, verifies]
                folder: files
            """);
  }

  private int run(String... arguments) {
    CommandLine carousel = Carousel.commandLine();
    carousel.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return carousel.execute(arguments);
  }

  @Test
  void theConfigurationMustBeNamed() {
    assertThat(run("agent")).isEqualTo(2);
    assertThat(err.toString()).contains("--config");
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "0s", "-5s", ""})
  void theTimeoutIsASpanOfTime(String timeout) {
    assertThat(run("agent", "--config", config.toString(), "--once", "--timeout", timeout))
        .isEqualTo(2);
    assertThat(err.toString()).contains("write a span of time as 90s");
  }

  @Test
  void whatIsWrongWithTheConfigurationIsSaid() throws Exception {
    Files.writeString(config, "house: {}\n");
    assertThat(run("agent", "--config", config.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("line 1: 'house.url' is missing", "'outputs' must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--once", "--dry-run", "--timeout=5s"})
  void aSecretThatIsMissingIsNamedBeforeAnythingIsMade(String option) {
    assertThat(run("agent", "--config", config.toString(), option)).isEqualTo(1);
    assertThat(err.toString()).contains("secret cannot be read from " + folder.resolve("secret"));
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void statusSaysThatNobodyIsThere() {
    assertThat(run("agent", "status", "--config", config.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("no agent answers at", "is it running");
  }

  @Test
  void theIdentityIsMadeOnceAndPrintedForItsEnrolment() throws Exception {
    String[] identity = {
      "agent", "identity", "--config", config.toString(), "--name", "dns:www.example.org"
    };
    assertThat(run(identity)).isZero();
    EnrolmentForm form = Json.PLAIN.read(out.toString().getBytes(UTF_8), EnrolmentForm.class);
    assertThat(form.participant()).hasToString("web-1");
    assertThat(form.memberships().getFirst().names()).hasSize(1);
    Path key = folder.resolve("state/identity.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(out.toString()).doesNotContain("PRIVATE");
    String first = out.toString();
    assertThat(run(identity)).isZero();
    assertThat(out.toString()).isEqualTo(first + first);
  }

  @Test
  void aNameThatIsNoneIsRefused() {
    assertThat(run("agent", "identity", "--config", config.toString(), "--name", "www"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("www");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "identity"})
  void everySubcommandExplainsItself(String command) {
    assertThat(run("agent", command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: carousel agent " + command, "Examples:");
  }
}
