package io.carousel.deploy.node;

import io.carousel.events.SlotName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the node runs programs of its own beside itself: the same Java, the same class path. Where
 * the launcher says {@code carousel.brief}, nothing here lives long.
 */
record Programs(NodeFolder folder) {
  /** No time is spent on making long-lived programs fast. */
  private static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

  private static final String WORKER = "io.carousel.signer.Worker";
  static final String WORKERS = "worker";
  static final String TOKEN_TOOL = "tokens";
  private static final String TOKENS = "io.carousel.deploy.node.Tokens";

  /**
   * A worker; it ends when this process does.
   *
   * @param first whether it is the first of them: one alone writes the archive of their classes
   */
  ProcessBuilder worker(SlotName slot, boolean first) {
    var flags = new ArrayList<>(WorkerProgram.MEMORY);
    flags.add("-Dlogback.configurationFile=worker-logback.xml");
    if (Boolean.getBoolean("carousel.brief")) {
      flags.add(QUICK_COMPILER);
    }
    Archive.of(WORKERS).ifPresent(archive -> flags.addAll(archive.flags(first)));
    return java(
        flags,
        WORKER,
        List.of("--config", folder.slot(slot).resolve("worker.yaml").toString(), "--parent"));
  }

  /** What makes and lists tokens. */
  ProcessBuilder tokens(Path module, List<String> arguments) {
    var flags = new ArrayList<>(List.of("-Xmx64m", QUICK_COMPILER));
    Archive.of(TOKEN_TOOL).ifPresent(archive -> flags.addAll(archive.flags(true)));
    var all = new ArrayList<>(List.of(module.toString()));
    all.addAll(arguments);
    return java(flags, TOKENS, all);
  }

  private ProcessBuilder java(List<String> flags, String program, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(WorkerProgram.common(folder.scratch()));
    command.addAll(flags);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(program);
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder.environment().put("SOFTHSM2_CONF", folder.softHsmConfiguration().toString());
    return builder;
  }
}
