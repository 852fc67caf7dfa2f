package io.carousel.e2e.bench;

import io.carousel.events.Word;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * How soon a change reaches a fleet, and fleets of several sizes through a whole rotation. Every
 * participant is the agent's own core, with keys of its own, and asks and reports over HTTP; what
 * is left out is TLS, and that each waits for news over a connection of its own.
 */
public final class FleetBench implements Callable<List<Figure>> {
  /** One for each bundle of a rotation. */
  private static final double LEAST_REPORTS = 4;

  private static final int CONNECTED = 1_000;

  /** Seconds within which a change shall reach most. */
  private static final double FAN_OUT_LIMIT = 2;

  private static final int MEMORY_LIMIT = 1024;

  private final Settings settings;
  private final Consumer<String> progress;

  /** Which part. */
  public enum Part implements Word {
    /** How soon a change reaches a thousand that wait for it. */
    FAN_OUT("fan-out"),
    /** Fleets through a rotation. */
    ROTATION("rotation");

    private final String wire;

    Part(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /**
   * What to measure.
   *
   * @param module the PKCS#11 module of SoftHSM
   * @param participants sizes of fleets, ascending
   * @param connections over how many they call
   */
  public record Settings(
      Path module, List<Part> parts, List<Integer> participants, int connections) {
    /** Copies. */
    public Settings {
      parts = List.copyOf(parts);
      participants = participants.stream().sorted().distinct().toList();
    }
  }

  /** Says what it does, as it does it. */
  public FleetBench(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  @Override
  public List<Figure> call() throws Exception {
    var figures = new ArrayList<Figure>();
    var runs = new ArrayList<FleetRun.Measured>();
    if (settings.parts().contains(Part.FAN_OUT)) {
      figures.addAll(fanOut());
    }
    if (settings.parts().contains(Part.ROTATION)) {
      for (int size : settings.participants()) {
        runs.add(rotation(size));
        figures.addAll(figures(runs.getLast(), runs.getFirst()));
      }
    }
    return figures;
  }

  private List<Figure> fanOut() throws Exception {
    Path folder = Files.createTempDirectory("carousel-bench");
    try {
      String name = "fleet.fan-out." + CONNECTED;
      var progress = new Progress(name, this.progress);
      FanOut.Measured m = new FanOut(folder, settings.module(), CONNECTED, progress).measured();
      return List.of(
          Figure.of(name + ".advance", m.answered(), "s", 1),
          Figure.of(name + ".first", m.first(), "s", FAN_OUT_LIMIT),
          Figure.of(name + ".p50", m.half(), "s", FAN_OUT_LIMIT),
          Figure.of(name + ".p95", m.most(), "s", FAN_OUT_LIMIT),
          Figure.of(name + ".all", m.all(), "s", FAN_OUT_LIMIT));
    } finally {
      Opened.delete(folder);
    }
  }

  private FleetRun.Measured rotation(int size) throws Exception {
    Path folder = Files.createTempDirectory("carousel-bench");
    try {
      var progress = new Progress("fleet." + size, this.progress);
      return new FleetRun(folder, settings.module(), size, settings.connections(), progress)
          .measured();
    } finally {
      Opened.delete(folder);
    }
  }

  /** Against the smallest fleet: what is linear has a ratio of one. */
  private static List<Figure> figures(FleetRun.Measured m, FleetRun.Measured least) {
    String name = "fleet." + m.participants();
    double times = (double) m.participants() / least.participants();
    return List.of(
        Figure.of(name + ".minutes", m.rotation(), "min", least.rotation() * times),
        Figure.of(name + ".onboarding", m.onboarding(), "min", least.onboarding() * times),
        Figure.of(name + ".reports", m.said().reports(), "1", LEAST_REPORTS * m.participants()),
        Figure.of(name + ".credentials", m.said().credentials(), "1", m.participants()),
        Figure.of(name + ".turned-away", m.said().turnedAway(), "1", m.said().calls()),
        Figure.of(name + ".memory", m.memory(), "B each", MEMORY_LIMIT),
        Figure.of(name + ".log", m.log(), "B each", least.log()),
        Figure.of(name + ".cpu", m.cpu(), "ms each", least.cpu()),
        Figure.of(name + ".status", m.status(), "s", 1),
        Figure.of(name + ".forecast", m.forecast(), "s", 1),
        Figure.of(name + ".advance", m.advance(), "s", 1));
  }
}
