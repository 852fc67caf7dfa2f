package io.carousel.e2e;

import io.carousel.e2e.bench.Figure;
import io.carousel.e2e.bench.FleetBench;
import io.carousel.e2e.bench.HttpBench;
import io.carousel.e2e.bench.LogBench;
import io.carousel.e2e.bench.Machine;
import io.carousel.e2e.bench.SignBench;
import io.carousel.events.Suite;
import io.carousel.events.Word;
import io.carousel.events.wire.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/** {@code carousel bench NAME [--json] …}. */
public final class Bench {
  private static final String USAGE =
      """
      usage: carousel bench NAME [--json] [OPTION]...
        log    appends one by one and in groups, acts in groups, and a replay of the log
        sign   certificates from the command to the caller, beside what the token does by itself
          --part rates|workers|memory  only that; may be repeated
          --suite SUITE                rates of that suite only; may be repeated
          --verify all|sampled         how workers verify what the token signed
          --signatures NUMBER          during which memory is watched (300000)
        fleet  how soon a change is known; fleets through a rotation: time, memory, log
          --part fan-out|rotation      only that; may be repeated
          --participants NUMBER        size of a fleet; may be repeated (1000, 10000, 100000)
          --connections NUMBER         over how many a fleet calls (256)
        http   a whole node: connections that say nothing, and floods of half requests
          --part idle|flood            only that; may be repeated
          --idle NUMBER                connections that say nothing (10000)
          --flood NUMBER               that send half a request; may be repeated (3000, 6000)
      """;

  private static final List<Suite> SUITES =
      List.of(Suite.RSA_2048, Suite.ECDSA_P256, Suite.ED25519);
  private static final long SIGNATURES = 300_000;
  private static final List<Integer> FLEETS = List.of(1_000, 10_000, 100_000);
  private static final int CONNECTIONS = 256;
  private static final int IDLE = 10_000;
  private static final Duration LOOK = Duration.ofSeconds(8);
  private static final List<Integer> FLOODS = List.of(3_000, 6_000);

  private Bench() {}

  /** Runs a benchmark; exit status 2 for a command line that means nothing. */
  public static void main(String... args) throws Exception {
    // Before the first logger is made.
    System.setProperty("logback.configurationFile", "bench-logback.xml");
    var words = new ArrayDeque<>(List.of(args));
    boolean json = words.remove("--json");
    Optional<Callable<List<Figure>>> bench = bench(words);
    if (bench.isEmpty()) {
      System.err.print(USAGE);
      System.exit(2);
    }
    print(bench.get(), json);
    System.exit(0);
  }

  private static Optional<Callable<List<Figure>>> bench(Deque<String> words) {
    String name = words.isEmpty() ? "" : words.removeFirst();
    try {
      return switch (name) {
        case "log" ->
            words.isEmpty() ? Optional.of(new LogBench(step -> say(name, step))) : Optional.empty();
        case "sign" -> Optional.of(new SignBench(settings(words), step -> say(name, step)));
        case "fleet" -> Optional.of(new FleetBench(fleet(words), step -> say(name, step)));
        case "http" -> Optional.of(new HttpBench(http(words), step -> say(name, step)));
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException e) {
      System.err.println("carousel bench: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static void say(String bench, String step) {
    System.err.println("bench " + bench + ": " + step);
  }

  private static SignBench.Settings settings(Deque<String> words) {
    var parts = new ArrayList<SignBench.Part>();
    var suites = new ArrayList<Suite>();
    var verify = new AtomicReference<Optional<String>>(Optional.empty());
    var signatures = new AtomicLong(SIGNATURES);
    options(
        words,
        (option, value) -> {
          switch (option) {
            case "--part" -> parts.add(Word.of(SignBench.Part.class, value));
            case "--suite" -> suites.add(Suite.of(value));
            case "--verify" -> verify.set(Optional.of(value));
            case "--signatures" -> signatures.set(Long.parseLong(value));
            default -> throw new IllegalArgumentException("'%s' is no option".formatted(option));
          }
        });
    return new SignBench.Settings(
        softHsm(),
        parts.isEmpty() ? List.of(SignBench.Part.values()) : parts,
        suites.isEmpty() ? SUITES : suites,
        verify.get(),
        signatures.get());
  }

  private static FleetBench.Settings fleet(Deque<String> words) {
    var parts = new ArrayList<FleetBench.Part>();
    var participants = new ArrayList<Integer>();
    var connections = new AtomicLong(CONNECTIONS);
    options(
        words,
        (option, value) -> {
          switch (option) {
            case "--part" -> parts.add(Word.of(FleetBench.Part.class, value));
            case "--participants" -> participants.add(positive(value));
            case "--connections" -> connections.set(positive(value));
            default -> throw new IllegalArgumentException("'%s' is no option".formatted(option));
          }
        });
    return new FleetBench.Settings(
        softHsm(),
        parts.isEmpty() ? List.of(FleetBench.Part.values()) : parts,
        participants.isEmpty() ? FLEETS : participants,
        connections.intValue());
  }

  private static HttpBench.Settings http(Deque<String> words) {
    var parts = new ArrayList<HttpBench.Part>();
    var floods = new ArrayList<Integer>();
    var idle = new AtomicLong(IDLE);
    options(
        words,
        (option, value) -> {
          switch (option) {
            case "--part" -> parts.add(Word.of(HttpBench.Part.class, value));
            case "--idle" -> idle.set(positive(value));
            case "--flood" -> floods.add(positive(value));
            default -> throw new IllegalArgumentException("'%s' is no option".formatted(option));
          }
        });
    return new HttpBench.Settings(
        softHsm(),
        parts.isEmpty() ? List.of(HttpBench.Part.values()) : parts,
        idle.intValue(),
        floods.isEmpty() ? FLOODS : floods,
        LOOK);
  }

  private static int positive(String text) {
    int number = Integer.parseInt(text);
    if (number < 1) {
      throw new IllegalArgumentException("'%s' is too few".formatted(text));
    }
    return number;
  }

  private static void options(Deque<String> words, BiConsumer<String, String> taken) {
    while (!words.isEmpty()) {
      String option = words.removeFirst();
      if (words.isEmpty()) {
        throw new IllegalArgumentException("'%s' is no option, or lacks a value".formatted(option));
      }
      taken.accept(option, words.removeFirst());
    }
  }

  private static Path softHsm() {
    String module = System.getenv("CAROUSEL_SOFTHSM");
    if (module == null) {
      throw new IllegalArgumentException("name SoftHSM2's module in CAROUSEL_SOFTHSM");
    }
    return Path.of(module);
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
