package io.carousel.deploy;

import io.carousel.deploy.node.NodeTrouble;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.cli.ExitCode;
import io.carousel.orchestrator.cli.OperatorCommands;
import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code carousel} command. */
@Command(
    name = "carousel",
    description = "Rotates certificate authorities whose private keys stay in their HSMs.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      Up.class,
      WorkerCommand.class,
      CopyLogCommand.class,
      AgentCommand.class,
      HelpCommand.class
    })
public final class Carousel implements Runnable {
  /** Commands that talk to a node, and so load what such commands load. */
  private static final Set<String> TALKATIVE = Set.of("authority", "rotation", "log", "fleet");

  @Spec private CommandSpec spec;

  /** Without a subcommand: says that one is missing. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command, such as 'demo' or 'up'");
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    var carousel = new CommandLine(new Carousel());
    carousel.setExecutionExceptionHandler(Carousel::report);
    OperatorCommands.mount(carousel);
    return carousel
        .registerConverter(SlotName.class, SlotName::new)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static int report(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof NodeTrouble) {
      PrintWriter err = command.getErr();
      err.println("carousel: " + failure.getMessage());
      err.flush();
      return ExitCode.FAILED;
    }
    PrintWriter err = command.getErr();
    err.println(
        "carousel: a fault of this program ends it, please report it: %s".formatted(failure));
    err.flush();
    throw failure;
  }

  /** Runs a command and ends with its exit code. */
  public static void main(String... args) {
    CommandLine carousel = commandLine();
    int status = carousel.execute(args);
    if (status == ExitCode.OK && args.length > 0 && TALKATIVE.contains(args[0])) {
      Archives.worthKeeping();
    }
    System.exit(status);
  }
}
