package io.carousel.e2e.bench;

import io.carousel.events.AuthorityName;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.Word;
import io.carousel.orchestrator.rules.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The whole way of a certificate, from the command to the waiting caller, beside what the token
 * does by itself; how more workers help where the HSM is slow; and the memory of a worker.
 */
public final class SignBench implements Callable<List<Figure>> {
  /** What one slot may have in hand; more callers would be sent away. */
  private static final int CALLERS = 256;

  private static final Duration RAW = Duration.ofSeconds(4);

  /** So many certificates at least, and then until the compilers have little left to do. */
  private static final long WARM = 50_000;

  private static final Duration WARM_UP = Duration.ofSeconds(150);
  private static final Duration RATE = Duration.ofSeconds(10);
  private static final Duration LATENCY_WARM_UP = Duration.ofSeconds(60);
  private static final Duration LATENCY = Duration.ofSeconds(15);
  private static final Duration PROFILE = Duration.ofSeconds(6);

  private static final Duration FAR = Duration.ofMillis(10);
  private static final int FAR_SESSIONS = 2;
  private static final int FAR_IN_HAND = 32;
  private static final List<Integer> WORKERS = List.of(1, 2, 4);
  private static final Duration FAR_WARM_UP = Duration.ofSeconds(10);

  private static final long MARK = 100_000;

  private final Settings settings;
  private final Consumer<String> progress;

  /** Which part. */
  public enum Part implements Word {
    /** Rates, stages and latencies. */
    RATES,
    /** More workers on a slot. */
    WORKERS,
    /** Memory of a worker. */
    MEMORY;

    @Override
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What to measure.
   *
   * @param module the PKCS#11 module of SoftHSM
   * @param verify how workers verify leaf signatures, if not as usual
   * @param signatures during which memory is looked at
   */
  public record Settings(
      Path module, List<Part> parts, List<Suite> suites, Optional<String> verify, long signatures) {
    /** Copies. */
    public Settings {
      parts = List.copyOf(parts);
      suites = List.copyOf(suites);
    }
  }

  /** Says what it does, as it does it. */
  public SignBench(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  @Override
  public List<Figure> call() throws Exception {
    Path folder = Files.createTempDirectory("carousel-bench");
    try (var house = SigningHouse.in(folder, settings.module())) {
      var figures = new ArrayList<Figure>();
      if (settings.parts().contains(Part.RATES)) {
        for (Suite suite : settings.suites()) {
          figures.addAll(rates(house, folder, suite));
        }
      }
      if (settings.parts().contains(Part.WORKERS)) {
        figures.addAll(workers(house));
      }
      if (settings.parts().contains(Part.MEMORY)) {
        figures.addAll(memory(house));
      }
      return figures;
    } finally {
      Opened.delete(folder);
    }
  }

  /** RSA leaves the second core to the rest of the way; the others share both. */
  private static int sessions(Suite suite) {
    return suite.family() == Suite.Family.RSA ? 1 : 2;
  }

  private List<Figure> rates(SigningHouse house, Path folder, Suite suite) throws Exception {
    String name = "sign." + suite.wire();
    var slot = new SlotName("hsm-" + suite.wire());
    AuthorityName authority = house.found(slot, suite);
    var manner = new Workplace.Manner(sessions(suite), Optional.empty(), settings.verify());
    try (Child worker = house.worker(slot, 1, manner, Optional.empty())) {
      Key.Ready key = house.key(authority);
      progress.accept(name + ": the token by itself");
      double raw = house.raw(slot, key, suite, manner.sessions(), RAW);
      var load = new Load(house.desk(), authority);
      progress.accept(name + ": the whole way");
      var figures = new ArrayList<Figure>();
      var stages = new ArrayList<Figure>();
      load.closed(
          CALLERS,
          issued -> {
            load.warmUp(issued, WARM, WARM_UP);
            double rate = load.measured(issued, RATE).perSecond();
            figures.add(Figure.of(name, rate, "1/s", raw));
            progress.accept(name + ": where the CPU time goes");
            stages.addAll(stages(name, worker, folder, load, issued));
          });
      double again = house.raw(slot, key, suite, manner.sessions(), RAW);
      double best = Math.max(raw, again);
      double rate = figures.getFirst().value();
      figures.set(0, Figure.of(name, rate, "1/s", best));
      progress.accept(name + ": at half the load");
      load.warmUp(rate / 2, LATENCY_WARM_UP);
      long[] took = load.open(rate / 2, LATENCY);
      double alone = manner.sessions() * 1e3 / best;
      figures.add(Figure.of(name + ".p50", millis(took, 0.50), "ms", alone));
      figures.add(Figure.of(name + ".p99", millis(took, 0.99), "ms", alone));
      figures.addAll(stages);
      return figures;
    }
  }

  private static double millis(long[] sorted, double share) {
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))] / 1e6;
  }

  private static List<Figure> stages(
      String name, Child worker, Path folder, Load load, AtomicLong issued) throws IOException {
    CpuProfile.begin(worker.pid());
    var here = CpuProfile.here();
    Duration workerBefore = worker.cpu();
    Duration houseBefore = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    Load.Done done = load.measured(issued, PROFILE);
    Duration workerTotal = worker.cpu().minus(workerBefore);
    Duration houseTotal =
        ProcessHandle.current().info().totalCpuDuration().orElseThrow().minus(houseBefore);
    var ofHouse = CpuProfile.stages(here, Stages.HOUSE, folder.resolve("house.jfr"));
    var ofWorker =
        CpuProfile.end(worker.pid(), Stages.WORKER, folder.resolve(name + "-worker.jfr"));
    var spent = new LinkedHashMap<String, Duration>();
    add(spent, "worker.", ofWorker, workerTotal);
    add(spent, "house.", ofHouse, houseTotal);
    double total = micros(workerTotal.plus(houseTotal), done);
    var figures = new ArrayList<Figure>();
    figures.add(
        Figure.of(
            name + ".cpu",
            total,
            "us",
            Runtime.getRuntime().availableProcessors() * 1e6 / done.perSecond()));
    spent.forEach((stage, time) ->
        figures.add(Figure.of(name + ".cpu." + stage, micros(time, done), "us", total)));
    return figures;
  }

  private static void add(
      Map<String, Duration> to, String process, Map<String, Duration> stages, Duration total) {
    Duration seen = Duration.ZERO;
    for (Map.Entry<String, Duration> stage : stages.entrySet()) {
      to.put(process + stage.getKey(), stage.getValue());
      seen = seen.plus(stage.getValue());
    }
    Duration unseen = total.minus(seen);
    to.put(process + "jvm", unseen.isNegative() ? Duration.ZERO : unseen);
  }

  private static double micros(Duration time, Load.Done done) {
    return time.toNanos() / 1e3 / Math.max(1, done.certificates());
  }

  private List<Figure> workers(SigningHouse house) throws Exception {
    var slot = new SlotName("hsm-far");
    AuthorityName authority = house.found(slot, Suite.ECDSA_P256);
    var manner = new Workplace.Manner(FAR_SESSIONS, Optional.of(FAR_IN_HAND), settings.verify());
    var hsm = Optional.of(new Workplace.SlowHsm(FAR));
    var figures = new ArrayList<Figure>();
    var running = new ArrayList<Child>();
    try {
      for (int number : WORKERS) {
        progress.accept(
            "sign.workers.%d: an HSM that takes %d ms".formatted(number, FAR.toMillis()));
        while (running.size() < number) {
          running.add(house.worker(slot, running.size() + 1, manner, hsm));
        }
        house.key(authority);
        var load = new Load(house.desk(), authority);
        double most = number * FAR_SESSIONS * 1e3 / FAR.toMillis();
        load.closed(
            CALLERS,
            issued -> {
              load.measured(issued, FAR_WARM_UP);
              double rate = load.measured(issued, RATE).perSecond();
              figures.add(Figure.of("sign.workers." + number, rate, "1/s", most));
            });
      }
    } finally {
      for (Child worker : running) {
        worker.close();
      }
    }
    return figures;
  }

  private List<Figure> memory(SigningHouse house) throws Exception {
    var slot = new SlotName("hsm-memory");
    AuthorityName authority = house.found(slot, Suite.ECDSA_P256);
    var manner = new Workplace.Manner(2, Optional.empty(), settings.verify());
    try (Child worker = house.worker(slot, 1, manner, Optional.empty())) {
      house.key(authority);
      var load = new Load(house.desk(), authority);
      var seen = new ArrayList<Long>();
      load.closed(
          CALLERS,
          issued -> {
            for (long mark = MARK; mark <= settings.signatures(); mark += MARK) {
              load.await(issued, mark);
              seen.add(worker.residentMib());
              progress.accept(
                  "sign.memory: %d MiB after %,d signatures".formatted(seen.getLast(), mark));
            }
          });
      var figures = new ArrayList<Figure>();
      for (int i = 0; i < seen.size(); i++) {
        figures.add(
            Figure.of("sign.memory." + (i + 1) * MARK, seen.get(i), "MiB", seen.getFirst()));
      }
      long most = seen.stream().max(Comparator.naturalOrder()).orElse(0L);
      figures.add(Figure.of("sign.memory", (double) most, "MiB", seen.getFirst()));
      return figures;
    }
  }
}
