package io.carousel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CarouselTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine carousel = Carousel.commandLine();
    carousel.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return carousel.execute(args);
  }

  @Test
  void allCommandsAreThere() {
    assertThat(Carousel.commandLine().getSubcommands())
        .containsKeys(
            "demo", "up", "worker", "agent", "authority", "rotation", "log", "completion", "help");
  }

  @Test
  void itSaysWhichVersionItIs() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("carousel ").contains("Java");
  }

  @Test
  void aCommandIsNeeded() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("name a command");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--port=-1", "--port=65536", "--port=x", "--slot=UPPER", "--what"})
  void wrongOptionsAreRefusedBeforeAnythingStarts(String option) {
    assertThat(run("up", option)).isEqualTo(2);
    assertThat(err.toString()).startsWith("carousel: ").contains("carousel up --help");
  }

  @Test
  void aSlipOfTheKeyboardIsUnderstood() {
    assertThat(run("rotation", "advnce", "user")).isEqualTo(2);
    assertThat(err.toString()).contains("advnce").contains("Did you mean").contains("advance");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "demo", "agent", "rotation", "authority"})
  void everyCommandExplainsItself(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: carousel " + command);
  }
}
