package io.carousel.deploy.demo;

import io.carousel.events.PhaseName;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A picture that is drawn over and over in place (ECMA-48), with notes passing above it. */
public final class LiveView implements View {
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintWriter out;
  private final boolean blocks;
  private int height;
  private List<String> drawn = List.of();

  private LiveView(PrintWriter out, boolean blocks) {
    this.out = out;
    this.blocks = blocks;
  }

  /** On a terminal of that charset. */
  public static LiveView on(PrintWriter out, Charset charset) {
    return new LiveView(out, Lines.canShowBlocks(charset));
  }

  @Override
  public synchronized void note(String line) {
    erase();
    out.println(line);
    draw(drawn);
  }

  @Override
  public synchronized void show(Picture picture) {
    erase();
    draw(lines(picture));
  }

  @Override
  public synchronized void settle() {
    height = 0;
    drawn = List.of();
    out.println();
    out.flush();
  }

  /** Moves to the beginning of the picture and clears from there. */
  private void erase() {
    if (height > 0) {
      out.print("\u001b[%dA\u001b[J".formatted(height));
    }
  }

  private void draw(List<String> lines) {
    lines.forEach(out::println);
    out.flush();
    drawn = lines;
    height = lines.size();
  }

  private List<String> lines(Picture p) {
    var lines = new ArrayList<String>();
    lines.add("");
    lines.add("%s  %s%s%s".formatted(Lines.clock(p.since()), BOLD, p.title(), PLAIN));
    lines.add("  " + way(p));
    lines.addAll(keys(p.status()));
    Fleet.Convergence fleet = p.fleet();
    lines.add(bar("trust K%d".formatted(p.target()), fleet.trusting(), fleet.members()));
    lines.add(bar("clients on K%d".formatted(p.target()), fleet.clients(), fleet.ofClients()));
    lines.add(bar("servers on K%d".formatted(p.target()), fleet.servers(), fleet.ofServers()));
    lines.add(
        "  %-14s  %s made, %s%s failed%s, %s resumed"
            .formatted(
                "exchanges",
                Lines.number(p.tally().made()),
                p.tally().failed() == 0 ? "" : BOLD,
                Lines.number(p.tally().failed()),
                PLAIN,
                Lines.number(p.tally().resumed())));
    lines.add("  %-14s  %d MiB resident".formatted("memory", p.residentMib()));
    return lines;
  }

  private String way(Picture p) {
    var names = new ArrayList<>(List.of(PhaseName.INIT, PhaseName.UPDATE_CLIENTS));
    names.add(PhaseName.UPDATE_SERVERS);
    if (p.turnsBack()) {
      names.add(PhaseName.ROLLBACK);
    }
    names.add(PhaseName.STANDBY);
    PhaseName now = p.status().seen().phase();
    return names.stream()
        .map(name -> (name == now ? BOLD + name + PLAIN : DIM + name + PLAIN))
        .reduce((a, b) -> a + DIM + (blocks ? " ── " : " -- ") + PLAIN + b)
        .orElseThrow();
  }

  private static List<String> keys(RotationStatus status) {
    var bySlot = new TreeMap<SlotName, List<String>>();
    for (KeyLine key : status.keys()) {
      bySlot
          .computeIfAbsent(key.slot(), _ -> new ArrayList<>())
          .add("K%d %-10s".formatted(key.generation(), key.stage()));
    }
    return bySlot.entrySet().stream()
        .map(slot -> "  %-14s  %s".formatted(slot.getKey(), String.join("  ", slot.getValue())))
        .toList();
  }

  private String bar(String what, int part, int whole) {
    return "  %-14s  %s %d/%d".formatted(what, Lines.bar(part, whole, blocks), part, whole);
  }
}
