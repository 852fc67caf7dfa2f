package io.carousel.orchestrator.cli;

import io.carousel.events.PhaseName;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.RotationStatus.GateStatus;
import io.carousel.orchestrator.documents.RotationStatus.Lacking;
import io.carousel.orchestrator.text.PlainText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a rotation is followed. */
sealed interface RotationView {
  /** It looks like this now. */
  void show(RotationStatus status);

  /** It is over. */
  void end(String how);

  /** The view that suits who looks. */
  static RotationView of(NodeCommand command, Surroundings surroundings) {
    if (command.json()) {
      return new Documents(command);
    }
    return surroundings.terminal()
        ? new Live(command.out(), command.style(), surroundings.columns())
        : new Lines(command, surroundings);
  }

  /** For programs: each change as a document on a line. */
  final class Documents implements RotationView {
    private final NodeCommand command;
    private RotationStatus last;

    Documents(NodeCommand command) {
      this.command = command;
    }

    @Override
    public void show(RotationStatus status) {
      if (!status.equals(last)) {
        command.line(status);
        command.out().flush();
      }
      last = status;
    }

    @Override
    public void end(String how) {}
  }

  /** For files: each change as a line. */
  final class Lines implements RotationView {
    private final NodeCommand command;
    private final Surroundings surroundings;
    private String last = "";

    Lines(NodeCommand command, Surroundings surroundings) {
      this.command = command;
      this.surroundings = surroundings;
    }

    @Override
    public void show(RotationStatus status) {
      String line = StatusText.line(status);
      if (!line.equals(last)) {
        say(line);
      }
      last = line;
    }

    @Override
    public void end(String how) {
      say(how);
    }

    private void say(String text) {
      command.say(NodeCommand.time(surroundings.clock().instant()) + "  " + text);
      command.out().flush();
    }
  }

  /** For a terminal: one picture that is drawn again and again (ECMA-48, section 8.3). */
  final class Live implements RotationView {
    private static final int BAR = 30;
    private static final int NAMES = 5;
    private static final List<PhaseName> WAY =
        List.of(PhaseName.INIT, PhaseName.UPDATE_CLIENTS, PhaseName.UPDATE_SERVERS);

    private final PrintWriter out;
    private final Style style;
    private final int columns;
    private List<String> drawn = List.of();

    Live(PrintWriter out, Style style, int columns) {
      this.out = out;
      this.style = style;
      this.columns = columns;
    }

    @Override
    public void show(RotationStatus s) {
      List<String> picture = picture(s);
      if (picture.equals(drawn)) {
        return;
      }
      if (!drawn.isEmpty()) {
        out.print("\u001b[%dA\u001b[J".formatted(drawn.size()));
      }
      picture.forEach(out::println);
      out.flush();
      drawn = picture;
    }

    @Override
    public void end(String how) {
      out.println(fit(how));
      out.flush();
    }

    private List<String> picture(RotationStatus s) {
      var lines = new ArrayList<String>();
      lines.add(style.bold(fit("Rotation " + StatusText.rotation(s))));
      lines.add(way(s.seen().phase()));
      for (KeyLine key : StatusText.successorKeys(s)) {
        lines.add(key(key));
      }
      lines.add(bar(s.gate()));
      if (!s.gate().lacking().isEmpty()) {
        lines.add(fit("  waiting for " + names(s.gate().lacking())));
      }
      lines.add(fit("Next: " + s.next()));
      return lines;
    }

    private String way(PhaseName now) {
      if (now == PhaseName.SLOT_JOINING || now == PhaseName.SLOT_LEAVING) {
        return "  " + style.green("[" + now + "]") + " > standby";
      }
      if (now == PhaseName.ROLLBACK) {
        return "  " + style.red("rollback") + " > standby";
      }
      return "  "
          + WAY.stream()
              .map(p -> p == now ? style.green("[" + p + "]") : p.wire())
              .collect(Collectors.joining(" > "))
          + " > "
          + (now == PhaseName.STANDBY ? style.green("[standby]") : "standby");
    }

    private String key(KeyLine key) {
      String failure = key.failure().map(f -> " (" + f.detail() + ")").orElse("");
      String text =
          fit(
              "  %4$s key of generation %1$d on %2$s: %3$s%5$s"
                  .formatted(key.generation(), key.slot(), key.stage(), key.format(), failure));
      return StatusText.usable(key) ? style.green(text) : style.yellow(text);
    }

    private String bar(GateStatus gate) {
      int full = gate.required() == 0 ? 0 : BAR * gate.shown() / gate.required();
      String bar = "#".repeat(full) + ".".repeat(BAR - full);
      return "  gate [%s] %d/%d"
          .formatted(gate.ready() ? style.green(bar) : bar, gate.shown(), gate.required());
    }

    private static String names(List<Lacking> all) {
      String some =
          all.stream()
              .map(l -> l.participant().value())
              .distinct()
              .limit(NAMES)
              .collect(Collectors.joining(", "));
      return all.size() > NAMES ? some + ", …" : some;
    }

    /** A line that wrapped would be drawn over in the wrong place. */
    private String fit(String text) {
      String plain = PlainText.of(text);
      return plain.length() < columns ? plain : plain.substring(0, columns - 2) + "…";
    }
  }
}
