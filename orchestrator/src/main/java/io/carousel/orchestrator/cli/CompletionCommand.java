package io.carousel.orchestrator.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code carousel completion}. */
@Command(name = "completion", description = "Makes shells complete what is typed.")
final class CompletionCommand extends CommandGroup {

  @Command(
      name = "bash",
      description = "Prints a script for bash, which zsh understands too.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  source <(carousel completion bash)",
        "  carousel completion bash > ~/.local/share/bash-completion/completions/carousel"
      })
  static final class Bash implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Shows this help and ends.")
    boolean help;

    @Override
    public void run() {
      CommandSpec root = spec.root();
      spec.commandLine().getOut().print(AutoComplete.bash(root.name(), root.commandLine()));
      spec.commandLine().getOut().flush();
    }
  }
}
