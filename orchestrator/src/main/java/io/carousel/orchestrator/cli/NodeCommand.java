package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.text.PlainText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that talks to a node: what all of them have in common. */
abstract class NodeCommand implements Callable<Integer> {
  /** How a result is shown. */
  enum Format {
    table,
    json
  }

  final Surroundings surroundings;

  @Spec CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The node's data folder; by default $CAROUSEL_DATA, or carousel/node in the user's data home.")
  private Path data;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "How to show the result: ${COMPLETION-CANDIDATES}.")
  private Format format;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help and ends.")
  boolean help;

  NodeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public final Integer call() {
    try (Api api = connect()) {
      run(api);
    }
    out().flush();
    return ExitCode.OK;
  }

  /** Does it. */
  abstract void run(Api api);

  private Api connect() {
    boolean named = data != null;
    return new Api(Node.on(named ? data : surroundings.data(), named), surroundings);
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  Style style() {
    return new Style(
        spec.commandLine().getColorScheme().ansi().enabled(), surroundings.tableColumns());
  }

  boolean json() {
    return format == Format.json;
  }

  /** Shows a document, as people or programs want it. */
  <T> void show(T document, Consumer<T> forPeople) {
    if (json()) {
      out().println(Json.PLAIN.pretty(document));
    } else {
      forPeople.accept(document);
    }
    out().flush();
  }

  /** Shows one of several documents, for programs: each on a line of its own. */
  void line(Object document) {
    out().println(new String(Json.PLAIN.write(document), UTF_8));
  }

  /** A safe line for people. */
  void say(String text) {
    out().println(PlainText.of(text));
  }

  /** A remark beside the result. */
  void remark(String text) {
    err().println(PlainText.of(text));
    err().flush();
  }

  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ');
  }

  /**
   * Calls a node that may go away and come back, at another address, until it answers. Only for
   * reading.
   */
  <T> T insisting(Function<Api, T> call) {
    boolean told = false;
    while (true) {
      try (Api again = connect()) {
        T answer = call.apply(again);
        if (told) {
          remark("carousel: the node is back");
        }
        return answer;
      } catch (CommandFailed e) {
        if (e.exitCode() == ExitCode.FAILED) {
          throw e;
        }
        if (!told) {
          told = true;
          remark("carousel: %s; waiting for it to come back".formatted(e.getMessage()));
        }
        surroundings.pauseFor(surroundings.pause());
      }
    }
  }

  /** Looks again and again, until something holds or time is up. */
  <T> T until(Supplier<T> look, Predicate<T> holds, Duration timeout, Function<T, String> why) {
    long end = System.nanoTime() + (timeout == null ? 0 : timeout.toNanos());
    T found = look.get();
    String told = "";
    while (!holds.test(found)) {
      String now = why.apply(found);
      if (!now.equals(told)) {
        told = now;
        remark("waiting: " + now);
      }
      if (timeout != null && System.nanoTime() - end >= 0) {
        throw CommandFailed.stillWaiting(timeout, why.apply(found));
      }
      surroundings.pauseFor(surroundings.pause());
      found = look.get();
    }
    return found;
  }
}
