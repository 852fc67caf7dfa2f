package io.carousel.orchestrator.cli;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.http.ApiServer;
import io.carousel.orchestrator.http.FakeDesk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** A node's API on a data folder, and somebody who types commands beside it. */
final class Terminal implements AutoCloseable {
  final FakeDesk desk;
  final Path data;
  private ApiServer server;
  private boolean looking;
  private Ansi ansi = Ansi.OFF;
  private Duration patience = Duration.ofSeconds(20);
  private volatile StringWriter screen = new StringWriter();

  Terminal(Path data, FakeDesk desk) throws IOException {
    this.data = data;
    this.desk = desk;
    start();
  }

  /** What {@code node.json} says. */
  record Description(String api, String secretFile, String bootstrap, long pid) {}

  void start() throws IOException {
    server = new ApiServer(desk, 0, data.resolve("api.secret"), _ -> {}).start();
    describe("http://127.0.0.1:" + server.port(), ProcessHandle.current().pid());
  }

  void stop() {
    server.stop();
  }

  void describe(String api, long pid) throws IOException {
    Files.write(
        data.resolve("node.json"),
        Json.PLAIN.write(new Description(api, "api.secret", "127.0.0.1:9092", pid)));
  }

  Terminal impatient() {
    patience = Duration.ofSeconds(3);
    return this;
  }

  /** The output goes to a screen. */
  Terminal onScreen() {
    looking = true;
    ansi = Ansi.ON;
    return this;
  }

  /** What is on the screen by now. */
  String screen() {
    return screen.toString();
  }

  Ran run(String... line) {
    return runIn(Map.of("CAROUSEL_DATA", data.toString()), line);
  }

  /** Runs a command somewhere else than on the screen. */
  Ran beside(String... line) {
    return execute(Map.of("CAROUSEL_DATA", data.toString()), new StringWriter(), line);
  }

  Ran runIn(Map<String, String> environment, String... line) {
    var out = new StringWriter();
    screen = out;
    return execute(environment, out, line);
  }

  private Ran execute(Map<String, String> environment, StringWriter out, String... line) {
    var surroundings =
        new Surroundings(
            environment,
            data.resolve("home"),
            looking,
            InstantSource.fixed(FakeDesk.NOON),
            patience,
            Duration.ofMillis(5));
    var err = new StringWriter();
    CommandLine carousel =
        OperatorCommands.mount(new CommandLine(new Carousel()), surroundings)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
    int exit = carousel.execute(line);
    return new Ran(exit, out.toString(), err.toString());
  }

  @Override
  public void close() {
    server.stop();
  }

  /** What a command printed and ended with. */
  record Ran(int exit, String out, String err) {}

  @Command(name = "carousel", subcommands = Other.class)
  static final class Carousel {}

  /** Somebody else's command. */
  @Command(name = "other")
  static final class Other implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("not ours");
    }
  }
}
