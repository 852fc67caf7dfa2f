package io.carousel.deploy;

import io.carousel.deploy.node.NodeTrouble;
import io.carousel.events.SlotName;
import java.io.PrintWriter;
import picocli.AutoComplete;
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
      Up.class,
      DemoCommand.class,
      HelpCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Carousel implements Runnable {
  @Spec private CommandSpec spec;

  /** Without a subcommand: says how it is used. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  /** The whole command line. */
  static CommandLine commandLine() {
    return new CommandLine(new Carousel())
        .registerConverter(SlotName.class, SlotName::new)
        .setExecutionExceptionHandler(Carousel::report);
  }

  private static int report(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof NodeTrouble) {
      PrintWriter err = command.getErr();
      err.println("carousel: " + failure.getMessage());
      err.flush();
      return 1;
    }
    throw failure;
  }

  /** Runs a command and ends with its exit code. */
  public static void main(String... args) {
    System.exit(commandLine().execute(args));
  }
}
