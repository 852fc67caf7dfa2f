package io.carousel.deploy;

import io.carousel.orchestrator.cli.ExitCode;
import io.carousel.orchestrator.log.BrokerUnreachable;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.LogCopy;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies the log to another Kafka cluster. */
@Command(
    name = "copy-log",
    mixinStandardHelpOptions = true,
    description =
        "Copies the log, and what goes with it, to another Kafka cluster. Stop all orchestrators first; docs/recovery.md says when to use it.",
    footerHeading = "%nExamples:%n",
    footer = "  carousel copy-log --from kafka-1:9092 --to kafka-2:9092 --without 308")
final class CopyLogCommand implements Callable<Integer> {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "HOST:PORT",
      description = "A broker of the cluster to copy from.")
  private String from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "HOST:PORT",
      description = "A broker of the cluster to copy to. It must hold no log.")
  private String to;

  @Option(
      names = "--without",
      paramLabel = "OFFSET",
      description =
          "Leaves out the record at this offset of carousel.events; may be given several times.")
  private Set<Long> without = new HashSet<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      LogCopy.copy(Cluster.local(from), Cluster.local(to), without)
          .forEach(c ->
              out.printf(
                  "%s: %d records copied, %d left out%n", c.topic(), c.records(), c.leftOut()));
      out.flush();
      return ExitCode.OK;
    } catch (IllegalStateException | BrokerUnreachable e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("carousel: " + e.getMessage());
      err.flush();
      return ExitCode.FAILED;
    }
  }
}
