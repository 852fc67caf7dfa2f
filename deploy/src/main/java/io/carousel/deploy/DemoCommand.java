package io.carousel.deploy;

import io.carousel.deploy.demo.Demo;
import io.carousel.deploy.demo.DemoFailed;
import io.carousel.deploy.demo.LineView;
import io.carousel.deploy.demo.LiveView;
import io.carousel.deploy.demo.Summary;
import io.carousel.deploy.demo.SummaryText;
import io.carousel.deploy.demo.View;
import io.carousel.deploy.node.NodeTrouble;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.ExitCode;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays the demo. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Watch a rotation of two HSM slots and a fleet that talks all the while.",
      "One rotation completes and one is rolled back; a worker is killed in the middle of each.",
      "Exit status 0 only if no exchange failed, every control did, and the replay is equal."
    })
final class DemoCommand implements Callable<Integer> {
  /** As a shell says it of a program that SIGINT ended. */
  private static final int STOPPED = 130;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder, which stays. Default: a fresh one, removed at the end.")
  private Path data;

  @Option(names = "--keep", description = "Keep the data folder.")
  private boolean keep;

  @Spec private CommandSpec spec;

  private volatile boolean stopped;

  @Override
  public Integer call() throws Exception {
    Instant began = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    Path module = new Places(System.getenv()).module();
    Path folder = folder();
    Logs.into(folder.resolve("logs"));
    var settings = new Demo.Settings(folder, module, began, view());
    Thread player = Thread.currentThread();
    return Signals.run(
        () -> {
          stopped = true;
          player.interrupt();
        },
        STOPPED,
        () -> play(settings));
  }

  private int play(Demo.Settings settings) throws NodeTrouble {
    boolean passed = false;
    try {
      Summary summary = Demo.run(settings);
      print(summary);
      Archives.worthKeeping();
      passed = summary.passed();
    } catch (DemoFailed e) {
      err("carousel demo: " + (stopped ? "stopped" : e.getMessage()));
    } finally {
      leave(settings.data(), keep || data != null || !(passed || stopped));
    }
    return passed ? ExitCode.OK : ExitCode.FAILED;
  }

  private Path folder() throws NodeTrouble {
    try {
      if (data == null) {
        return Files.createTempDirectory("carousel-demo-");
      }
      Path folder = Files.createDirectories(data);
      try (var files = Files.list(folder)) {
        if (files.findAny().isPresent()) {
          throw new NodeTrouble(
              "the demo begins with an empty folder, and %s is not; name another one, or leave out --data"
                  .formatted(data));
        }
      }
      return folder;
    } catch (IOException e) {
      throw new NodeTrouble("there is no room for the demo's data: " + e, e);
    }
  }

  /** There is no console at all where output is no terminal, whatever the check thinks. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
  }

  /** With {@code --json} standard output is the object's alone. */
  private View view() {
    if (json) {
      return new LineView(spec.commandLine().getErr());
    }
    PrintWriter out = spec.commandLine().getOut();
    return onTerminal() ? LiveView.on(out, System.out.charset()) : new LineView(out);
  }

  private void print(Summary summary) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.PLAIN.pretty(summary));
    } else {
      out.println();
      new SummaryText(summary).lines().forEach(out::println);
    }
    out.flush();
  }

  private void leave(Path folder, boolean kept) {
    if (kept) {
      err(
          "carousel demo: everything is kept in %s, logs in %s"
              .formatted(folder, folder.resolve("logs")));
      return;
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      err("carousel demo: %s cannot be removed: %s".formatted(folder, e.getMessage()));
    }
  }

  private void err(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }
}
