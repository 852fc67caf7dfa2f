package io.carousel.deploy;

import io.carousel.agent.config.AgentConfig;
import io.carousel.agent.config.BadConfiguration;
import io.carousel.agent.program.Agent;
import io.carousel.agent.program.AgentStatus;
import io.carousel.agent.program.AgentTrouble;
import io.carousel.agent.program.DryRun;
import io.carousel.agent.program.EnrolmentForm;
import io.carousel.agent.program.StatusSocket;
import io.carousel.agent.program.StatusText;
import io.carousel.deploy.node.NodeTrouble;
import io.carousel.events.SubjectName;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code carousel agent}: the program beside what it serves. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = {
      "Run the agent: it keeps keys, certificates, trust and CRLs on this machine current.",
      "It has services take them up, and reports what is at work. SIGTERM stops it; services go on."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel agent --config /etc/carousel/agent.yaml",
      "  carousel agent --config agent.yaml --dry-run",
      "  carousel agent --config agent.yaml --once --timeout 2m",
      "  carousel agent identity --config agent.yaml",
      "  carousel agent status --config agent.yaml -o json"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:stopped; with --once or status: everything is up to date",
      " 1:it cannot run, or something is not up to date; the message says why",
      " 2:the command line makes no sense"
    },
    subcommands = {AgentCommand.Status.class, AgentCommand.IdentityKey.class})
final class AgentCommand implements Callable<Integer> {
  @Mixin private ConfigFile file;

  @Option(names = "--once", description = "Bring everything up to date, and end.")
  private boolean once;

  @Option(
      names = "--dry-run",
      description = "Say what would be done; write, ask for and run nothing.")
  private boolean dryRun;

  @Option(
      names = "--timeout",
      paramLabel = "SPAN",
      defaultValue = "60s",
      description = "With --once: how long it may take, as 90s or 5m. Default: ${DEFAULT-VALUE}.")
  private String timeout;

  @Spec private CommandSpec spec;

  /** The option that all of these commands have. */
  static final class ConfigFile {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The agent's configuration, YAML; see docs/agent.md.")
    private Path file;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    AgentConfig read() throws NodeTrouble {
      Logs.toStandardError();
      if (file == null) {
        throw new ParameterException(spec.commandLine(), "name the configuration with --config");
      }
      try {
        return AgentConfig.read(file);
      } catch (BadConfiguration e) {
        throw new NodeTrouble(e.getMessage(), e);
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    AgentConfig config = file.read();
    Duration patience = patience();
    try {
      if (dryRun) {
        return plan(config);
      }
      return once ? bringUpToDate(config, patience) : serve(config);
    } catch (AgentTrouble e) {
      throw new NodeTrouble(e.getMessage(), e);
    }
  }

  private Duration patience() {
    try {
      Duration span = Duration.parse("PT" + timeout);
      if (span.isPositive()) {
        return span;
      }
    } catch (java.time.format.DateTimeParseException e) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(), "--timeout %s: write a span of time as 90s or 5m".formatted(timeout));
  }

  private int plan(AgentConfig config) throws AgentTrouble, InterruptedException {
    DryRun.Plan plan = DryRun.of(config);
    say(plan.lines());
    return plan.possible() ? ExitCode.OK : ExitCode.FAILED;
  }

  private int bringUpToDate(AgentConfig config, Duration patience)
      throws AgentTrouble, InterruptedException {
    try (Agent agent = Agent.start(config)) {
      AgentStatus status = agent.awaitUpToDate(patience);
      say(new StatusText(status).lines());
      Archives.worthKeeping();
      return status.upToDate() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private int serve(AgentConfig config) throws Exception {
    new LastWords("carousel agent", System.err, Path.of("").toAbsolutePath(), true).install();
    var end = new CountDownLatch(1);
    return Signals.run(
        end::countDown,
        ExitCode.OK,
        () -> {
          try (Agent agent = Agent.start(config)) {
            say(
                List.of(
                    "agent of '%s' is running (process %d)"
                        .formatted(agent.status().participant(), ProcessHandle.current().pid())));
            Archives.worthKeeping();
            end.await();
            return ExitCode.OK;
          }
        });
  }

  private void say(List<String> lines) {
    print(spec, lines);
  }

  private static void print(CommandSpec spec, List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }

  /** {@code carousel agent status}. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Ask the running agent how it stands.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel agent status --config /etc/carousel/agent.yaml",
        "  carousel agent status --config agent.yaml --wait",
        "  carousel agent status --config agent.yaml -o json"
      })
  static final class Status implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** How to say it. */
    enum Form {
      TEXT,
      JSON
    }

    @Mixin private ConfigFile file;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FORM",
        defaultValue = "text",
        description = "text or json. Default: ${DEFAULT-VALUE}.")
    private Form form;

    @Option(
        names = "--wait",
        description = "Wait, for a minute at most, until it runs and everything is up to date.")
    private boolean wait;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws NodeTrouble, InterruptedException {
      try {
        Path state = file.read().state();
        AgentStatus status =
            wait ? StatusSocket.askUntilUpToDate(state, PATIENCE) : StatusSocket.ask(state);
        print(
            spec,
            form == Form.JSON
                ? List.of(Json.PLAIN.pretty(status))
                : new StatusText(status).lines());
        return status.upToDate() ? ExitCode.OK : ExitCode.FAILED;
      } catch (AgentTrouble e) {
        throw new NodeTrouble(e.getMessage(), e);
      }
    }
  }

  /** {@code carousel agent identity}. */
  @Command(
      name = "identity",
      mixinStandardHelpOptions = true,
      description = {
        "Print what an operator enrols this agent with: the body of POST /v1/participants.",
        "Makes the identity key if there is none. No secret is in it."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  carousel agent identity --config agent.yaml > web-1.json",
        "  carousel agent identity --config agent.yaml --name dns:www.example.org"
      })
  static final class IdentityKey implements Callable<Integer> {
    @Mixin private ConfigFile file;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "A name that credentials may hold beside the agent's own; repeat it.")
    private List<String> names = List.of();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws NodeTrouble {
      AgentConfig config = file.read();
      try {
        List<SubjectName> parsed = names.stream().map(SubjectName::new).toList();
        print(spec, List.of(Json.PLAIN.pretty(EnrolmentForm.of(config, parsed))));
        return ExitCode.OK;
      } catch (AgentTrouble | IllegalArgumentException e) {
        throw new NodeTrouble(e.getMessage(), e);
      }
    }
  }
}
