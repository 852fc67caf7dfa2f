package io.carousel.orchestrator.cli;

import io.carousel.orchestrator.text.PlainText;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The operators' commands, as subcommands of a {@code carousel} that has others too. */
public final class OperatorCommands {
  private OperatorCommands() {}

  /**
   * Adds them, and takes over how errors are said: what, why and what to do next on the error
   * stream, with an exit code of {@link ExitCode}. Failures of other commands go where they went.
   *
   * @return that same command line
   */
  public static CommandLine mount(CommandLine carousel) {
    return mount(carousel, Surroundings.own());
  }

  /** As above, in other surroundings. */
  public static CommandLine mount(CommandLine carousel, Surroundings s) {
    carousel
        .addSubcommand(
            explained(new CommandLine(new AuthorityCommands()))
                .addSubcommand(explained(new CommandLine(new CreateAuthority(s))))
                .addSubcommand(explained(new CommandLine(new AuthorityPolicy(s))))
                .addSubcommand(explained(new CommandLine(new AuthorityCommands.ListAll(s))))
                .addSubcommand(explained(new CommandLine(new AuthorityCommands.Show(s))))
                .addSubcommand(explained(new CommandLine(new AuthorityCommands.Revoke(s))))
                .addSubcommand(explained(new CommandLine(new ExternalCommands.Csr(s))))
                .addSubcommand(explained(new CommandLine(new ExternalCommands.Certificate(s))))
                .addSubcommand(explained(new CommandLine(new ExternalCommands.RootCrl(s))))
                .addSubcommand(explained(new CommandLine(new ForeignCrlCommand(s))))
                .addSubcommand(explained(new CommandLine(new TrustCommands.Retrust(s))))
                .addSubcommand(explained(new CommandLine(new TrustCommands.Distrust(s)))))
        .addSubcommand(
            explained(new CommandLine(new RotationCommands()))
                .addSubcommand(explained(new CommandLine(new RotationCommands.Start(s))))
                .addSubcommand(explained(new CommandLine(new RotationCommands.ListAll(s))))
                .addSubcommand(explained(new CommandLine(new RotationCommands.Status(s))))
                .addSubcommand(explained(new CommandLine(new ForecastCommand(s))))
                .addSubcommand(explained(new CommandLine(new RotationCommands.Advance(s))))
                .addSubcommand(explained(new CommandLine(new RotationCommands.Rollback(s))))
                .addSubcommand(explained(new CommandLine(new RotationCommands.Watch(s)))))
        .addSubcommand(explained(new CommandLine(new LogCommand(s))))
        .addSubcommand(
            explained(new CommandLine(new SlotCommands()))
                .addSubcommand(explained(new CommandLine(new SlotCommands.ListAll(s))))
                .addSubcommand(explained(new CommandLine(new SlotCommands.Add(s))))
                .addSubcommand(explained(new CommandLine(new SlotCommands.Check(s))))
                .addSubcommand(explained(new CommandLine(new SlotCommands.Thaw(s))))
                .addSubcommand(explained(new CommandLine(new SlotCommands.LostKey(s))))
                .addSubcommand(explained(new CommandLine(new SlotMembershipCommands.Join(s))))
                .addSubcommand(explained(new CommandLine(new SlotMembershipCommands.Leave(s))))
                .addSubcommand(explained(new CommandLine(new SlotMembershipCommands.Lost(s))))
                .addSubcommand(explained(new CommandLine(new SlotMembershipCommands.Remove(s)))))
        .addSubcommand(
            explained(new CommandLine(new FleetCommands()))
                .addSubcommand(explained(new CommandLine(new FleetCommands.ListAll(s))))
                .addSubcommand(explained(new CommandLine(new FleetCommands.Show(s))))
                .addSubcommand(explained(new CommandLine(new FleetCommands.Enrol(s))))
                .addSubcommand(explained(new CommandLine(new FleetCommands.Remove(s))))
                .addSubcommand(explained(new CommandLine(new FleetCommands.Readmit(s))))
                .addSubcommand(
                    explained(new CommandLine(new TokenCommands()))
                        .addSubcommand(explained(new CommandLine(new TokenCommands.Create(s))))
                        .addSubcommand(explained(new CommandLine(new TokenCommands.ListAll(s))))
                        .addSubcommand(explained(new CommandLine(new TokenCommands.Revoke(s))))))
        .addSubcommand(
            explained(new CommandLine(new CompletionCommand()))
                .addSubcommand(explained(new CommandLine(new CompletionCommand.Bash()))));
    explained(carousel);
    CommandLine.IExecutionExceptionHandler others = carousel.getExecutionExceptionHandler();
    return carousel
        .setParameterExceptionHandler((problem, _) -> misused(problem))
        .setExecutionExceptionHandler((failure, command, parsed) ->
            failure instanceof CommandFailed known
                ? failed(known, command)
                : others(others, failure, command, parsed));
  }

  /** With the exit codes in its help. */
  private static CommandLine explained(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.exitCodeListHeading("%nExit codes:%n");
    usage.exitCodeList(ExitCode.explained());
    return command;
  }

  private static int failed(CommandFailed failure, CommandLine command) {
    command.getOut().flush();
    say(command, failure.getMessage());
    return failure.exitCode();
  }

  private static int misused(ParameterException problem) {
    CommandLine command = problem.getCommandLine();
    say(command, problem.getMessage());
    UnmatchedArgumentException.printSuggestions(problem, command.getErr());
    command
        .getErr()
        .println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    command.getErr().flush();
    return ExitCode.USAGE;
  }

  private static void say(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println("carousel: " + PlainText.of(message));
    err.flush();
  }

  private static int others(
      CommandLine.IExecutionExceptionHandler others,
      Exception failure,
      CommandLine command,
      CommandLine.ParseResult parsed)
      throws Exception {
    if (others == null) {
      throw failure;
    }
    return others.handleExecutionException(failure, command, parsed);
  }
}
