package io.carousel.e2e;

import io.carousel.e2e.bench.Figure;
import io.carousel.e2e.bench.LogBench;
import io.carousel.e2e.bench.Machine;
import io.carousel.events.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code carousel bench NAME [--json]}. */
public final class Bench {
  private static final String USAGE =
      """
      usage: carousel bench NAME [--json]
        log   appends one by one and in groups, acts in groups, and a replay of the log
      """;

  private Bench() {}

  /** Runs a benchmark; exit status 2 for a command line that means nothing. */
  public static void main(String... args) throws Exception {
    // Before the first logger is made.
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    var names = new ArrayList<>(Arrays.asList(args));
    boolean json = names.remove("--json");
    if (names.size() != 1 || !names.getFirst().equals("log")) {
      System.err.print(USAGE);
      System.exit(2);
    }
    print(new LogBench(step -> System.err.println("bench log: " + step)), json);
    System.exit(0);
  }

  private static void print(Callable<List<Figure>> bench, boolean json) throws Exception {
    if (!json) {
      System.out.println(Machine.text());
    }
    List<Figure> figures = bench.call();
    System.out.println(
        json
            ? new String(Json.PLAIN.write(figures), StandardCharsets.UTF_8)
            : Figure.table(figures));
  }
}
