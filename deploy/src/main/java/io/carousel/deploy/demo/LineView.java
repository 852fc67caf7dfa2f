package io.carousel.deploy.demo;

import io.carousel.events.PhaseName;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;

/** Plain lines, for what is no terminal: one for each phase, and one now and then within it. */
public final class LineView implements View {
  private static final Duration NOW_AND_THEN = Duration.ofSeconds(2);

  private final PrintWriter out;
  private String said = "";
  private PhaseName phase;
  private Instant next = Instant.MIN;

  /** On that. */
  public LineView(PrintWriter out) {
    this.out = out;
  }

  @Override
  public synchronized void note(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public synchronized void show(Picture picture) {
    PhaseName now = picture.status().seen().phase();
    boolean due = now != phase || Instant.now().isAfter(next);
    String line = line(picture);
    if (due && !line.equals(said)) {
      note("%s  %s".formatted(Lines.clock(picture.since()), line));
      said = line;
      phase = now;
      next = Instant.now().plus(NOW_AND_THEN);
    }
  }

  private static String line(Picture p) {
    Fleet.Convergence fleet = p.fleet();
    return "%s: %-14s  K%d trusted by %d/%d, presented by %d/%d clients and %d/%d servers"
        .formatted(
            p.title(),
            p.status().seen().phase(),
            p.target(),
            fleet.trusting(),
            fleet.members(),
            fleet.clients(),
            fleet.ofClients(),
            fleet.servers(),
            fleet.ofServers());
  }

  @Override
  public synchronized void settle() {
    phase = null;
  }
}
