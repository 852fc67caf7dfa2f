package io.carousel.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
            "demo",
            "up",
            "worker",
            "copy-log",
            "agent",
            "authority",
            "rotation",
            "log",
            "completion",
            "help");
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

  /** A list of commands shows the first line of each description, which must be a sentence. */
  @Test
  void noCommandsDescriptionIsCutOff() {
    complete(Carousel.commandLine());
  }

  private static void complete(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    if (name.endsWith(" help")) {
      return; // picocli's own
    }
    String[] description = command.getCommandSpec().usageMessage().description();
    assertThat(description).as(name).isNotEmpty();
    assertThat(description[0].strip()).as(name).endsWith(".");
    assertThat(command.getUsageMessage()).as(name).contains(description[0].split(" ")[0]);
    command
        .getCommandSpec()
        .options()
        .forEach(o ->
            assertThat(String.join(" ", o.description()).strip())
                .as("%s %s", name, o.longestName())
                .isNotEmpty()
                .endsWith("."));
    command.getSubcommands().values().forEach(CarouselTest::complete);
  }

  @Test
  void aPortThatIsTakenIsSaidBeforeAnythingStarts() throws Exception {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Up.refuseTaken(taken.getLocalPort()))
          .isInstanceOf(io.carousel.deploy.node.NodeTrouble.class)
          .hasMessageContaining("port " + taken.getLocalPort())
          .hasMessageContaining("--port");
    }
    Up.refuseTaken(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "demo", "agent", "rotation", "authority"})
  void everyCommandExplainsItself(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("Usage: carousel " + command);
  }
}
