package io.carousel.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.cli.OperatorCommands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The operators' commands against the node on one folder, in this process. */
public record Cli(Path data) {
  private static final Pattern NAMED = Pattern.compile("accept it with --break (\\S+)");

  @Command(name = "carousel")
  private static final class Root {}

  /** What a command did. */
  public record Ran(int status, String out, String err) {}

  /** Runs one, however it ends. */
  public Ran run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    CommandLine carousel = OperatorCommands.mount(new CommandLine(new Root()));
    carousel.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    List<String> all =
        Stream.concat(Stream.of(arguments), Stream.of("--data", data.toString())).toList();
    int status = carousel.execute(all.toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  /**
   * Runs one that must succeed, as an operator does who accepts whom the refusal says it breaks.
   */
  public String breaking(String... arguments) {
    Ran first = run(arguments);
    Matcher named = NAMED.matcher(first.err().replaceAll("\\s+", " "));
    if (first.status() != 0 && named.find()) {
      return done(
          Stream.concat(Stream.of(arguments), Stream.of("--break=" + named.group(1)))
              .toArray(String[]::new));
    }
    assertThat(first.status()).as("%s%s", first.out(), first.err()).isZero();
    return first.out();
  }

  /** Runs one that must succeed. */
  public String done(String... arguments) {
    Ran ran = run(arguments);
    assertThat(ran.status()).as("%s%s", ran.out(), ran.err()).isZero();
    return ran.out();
  }

  /** Its document. */
  public <T> T read(Class<T> type, String... arguments) {
    String[] all =
        Stream.concat(Stream.of(arguments), Stream.of("-o", "json")).toArray(String[]::new);
    return Json.PLAIN.read(done(all).getBytes(UTF_8), type);
  }
}
