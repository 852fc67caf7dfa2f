package io.carousel.orchestrator.cli;

import io.carousel.events.PhaseName;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.RotationStatus.AttentionLine;
import io.carousel.orchestrator.documents.RotationStatus.EarlierLines;
import io.carousel.orchestrator.documents.RotationStatus.GateStatus;
import io.carousel.orchestrator.documents.RotationStatus.Lacking;
import io.carousel.orchestrator.documents.RotationStatus.Remedy;
import io.carousel.orchestrator.documents.RotationStatus.TailLine;
import io.carousel.orchestrator.text.PlainText;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** A rotation's status for people. */
final class StatusText {
  private static final int KEY_SHOWN = 16;
  private static final int LACKING_SHOWN = 20;
  private static final int TAIL_SHOWN = 5;
  private static final List<String> WORST = List.of("revoked", "broken");

  private StatusText() {}

  static void print(RotationStatus s, PrintWriter out, Style style) {
    out.println("Authority:  " + style.bold(s.authority().value()));
    out.println("Rotation:   " + rotation(s));
    out.println("Phase:      " + style.bold(s.seen().phase().wire()) + since(s));
    out.println("Gate:       " + gate(s, style));
    if (!s.verifyOnly().isEmpty()) {
      out.println(
          "Elsewhere:  generation %s is verify-only".formatted(PlainText.list(s.verifyOnly())));
    }
    if (!s.retrusted().isEmpty()) {
      out.println(
          "Retrusted:  generation %s, beside those in use"
              .formatted(PlainText.list(s.retrusted())));
    }
    if (!s.lost().isEmpty()) {
      out.println("LOST:       " + style.red(PlainText.list(s.lost())));
    }
    if (!s.silent().isEmpty()) {
      out.println("Silent:     " + style.yellow(PlainText.list(s.silent())));
    }
    if (!s.unsigned().isEmpty()) {
      out.println(
          "Unsigned:   bundle %d waits for the signature of %s; agents keep the one before"
              .formatted(s.bundle(), PlainText.list(s.unsigned())));
    }
    out.println();
    keys(s.keys()).print(out, style);
    if (!s.gate().lacking().isEmpty()) {
      out.println();
      lacking(s.gate(), out, style);
      remedies(s.gate().remedies(), out);
    }
    s.fleet()
        .unread()
        .ifPresent(unread -> {
          out.println();
          out.println(style.yellow("What the fleet has shown is " + unread + "."));
        });
    attention(s, out, style);
    if (!s.removals().isEmpty() || !s.warnings().isEmpty()) {
      out.println();
      ExternalCommands.standing(s.removals(), s.warnings(), out, style);
    }
    if (!s.distrust().isEmpty()) {
      out.println();
      s.distrust().forEach(t -> out.println(style.yellow(tail(t))));
    }
    if (s.earlierConnections().participants() > 0) {
      out.println();
      out.println(style.yellow(earlier(s.earlierConnections())));
    }
    out.println();
    out.println("Next: " + PlainText.of(s.next()));
  }

  static String rotation(RotationStatus s) {
    return s.seen()
        .rotation()
        .map(r ->
            "%s, from generation %d to %d"
                .formatted(r, s.active(), s.successor().orElse(s.active())))
        .or(() -> s.slot().map(slot -> "none; slot %s %s".formatted(slot, moves(s))))
        .orElse("none under way");
  }

  private static String moves(RotationStatus s) {
    return s.seen().phase() == PhaseName.SLOT_JOINING ? "is joining" : "is leaving";
  }

  /** Whether there is a gate to pass. */
  static boolean underway(RotationStatus s) {
    return s.seen().rotation().isPresent() || s.slot().isPresent();
  }

  private static String since(RotationStatus s) {
    return s.since().map(at -> " since " + NodeCommand.time(at)).orElse("");
  }

  private static String gate(RotationStatus s, Style style) {
    GateStatus gate = s.gate();
    if (!underway(s)) {
      return "-";
    }
    String counted = "%d of %d answers hold".formatted(gate.shown(), gate.required());
    return gate.ready() ? style.green(counted) : style.yellow(counted);
  }

  private static Table keys(List<KeyLine> keys) {
    var table = new Table("GENERATION", "SLOT", "FORMAT", "STAGE", "ENDS", "KEY", "FAILURE");
    keys.forEach(k ->
        table.row(
            k.generation(),
            k.slot(),
            k.format(),
            k.stage(),
            k.notAfter().map(NodeCommand::time).orElse("-"),
            key(k),
            k.failure().map(f -> f.code() + ": " + f.detail()).orElse("-")));
    return table;
  }

  private static void lacking(GateStatus gate, PrintWriter out, Style style) {
    var table = new Table("WAITING FOR", "SINCE", "REASON", "QUESTION", "WHY");
    List<Lacking> some = gate.lacking().stream().limit(LACKING_SHOWN).toList();
    some.forEach(l ->
        table.row(
            l.participant(),
            l.since().map(NodeCommand::time).orElse("-"),
            l.reason(),
            l.question(),
            l.why()));
    table.print(out, style);
    int more = gate.required() - gate.shown() - some.size();
    if (more > 0) {
      out.println("and %d more; all of them with -o json".formatted(more));
    }
  }

  /** Whom an operator must look at, whatever the phase. */
  private static void attention(RotationStatus s, PrintWriter out, Style style) {
    // Whoever holds the gate for the same reason was told above.
    List<AttentionLine> all =
        s.fleet().attention().stream()
            .filter(x ->
                s.gate().lacking().stream()
                    .noneMatch(l ->
                        l.participant().equals(x.participant()) && l.reason().equals(x.kind())))
            .toList();
    if (all.isEmpty()) {
      return;
    }
    List<AttentionLine> some = all.stream().limit(LACKING_SHOWN).toList();
    out.println();
    out.println("Look at:");
    for (AttentionLine l : some) {
      String line =
          "  %s, %s%s: %s"
              .formatted(
                  l.participant(),
                  l.kind(),
                  l.since().map(at -> " since " + NodeCommand.time(at)).orElse(""),
                  PlainText.of(l.why()));
      out.println(WORST.contains(l.kind()) ? style.red(line) : style.yellow(line));
    }
    int more = all.size() - some.size();
    if (more > 0) {
      out.println("  and %d more; all of them with -o json".formatted(more));
    }
    some.stream()
        .map(l -> "%s: %s.".formatted(l.kind(), PlainText.of(l.remedy())))
        .distinct()
        .forEach(out::println);
  }

  private static void remedies(List<Remedy> all, PrintWriter out) {
    out.println();
    all.forEach(
        r -> out.println("%s (%d): %s".formatted(r.reason(), r.count(), PlainText.of(r.text()))));
  }

  private static String tail(TailLine tail) {
    int more = tail.trusting().count() - Math.min(TAIL_SHOWN, tail.trusting().names().size());
    String names = PlainText.list(tail.trusting().names().stream().limit(TAIL_SHOWN).toList());
    return "Generation %d: still trusted by %s%s"
        .formatted(tail.generation(), names, more > 0 ? " and %d more".formatted(more) : "");
  }

  private static String earlier(EarlierLines all) {
    int more = all.participants() - Math.min(TAIL_SHOWN, all.most().size());
    String names =
        PlainText.list(
            all.most().stream()
                .limit(TAIL_SHOWN)
                .map(l -> "%s (%d)".formatted(l.participant(), l.connections()))
                .toList());
    return "Connections from before a CA left still stand at %s%s; 'sever' of their outputs ends such (docs/agent.md)"
        .formatted(names, more > 0 ? " and %d more".formatted(more) : "");
  }

  /** The beginning of a key's id. */
  static String key(KeyLine k) {
    return k.key()
        .map(id -> id.value())
        .map(id -> id.length() > KEY_SHOWN ? id.substring(0, KEY_SHOWN) + "…" : id)
        .orElse("-");
  }

  /** All of it on one line, as it changes. */
  static String line(RotationStatus s) {
    long made = successorKeys(s).stream().filter(StatusText::usable).count();
    Optional<String> failing =
        s.keys().stream()
            .filter(k -> k.failure().isPresent())
            .findFirst()
            .map(k -> "  %s: %s".formatted(k.slot(), k.failure().orElseThrow().detail()));
    return "%-14s  keys %d/%d  gate %d/%d%s"
        .formatted(
            s.seen().phase(),
            made,
            successorKeys(s).size(),
            s.gate().shown(),
            s.gate().required(),
            failing.orElse(""));
  }

  /** The keys that a rotation brings, or that a slot has which joins or leaves. */
  static List<KeyLine> successorKeys(RotationStatus s) {
    int generation = s.successor().orElse(s.active());
    return s.keys().stream()
        .filter(k -> k.generation() == generation)
        .filter(k -> s.slot().map(k.slot()::equals).orElse(true))
        .toList();
  }

  static boolean usable(KeyLine key) {
    return key.usable();
  }

  /** How a rotation ended that was seen under way before. */
  static String ending(RotationStatus before, RotationStatus after) {
    if (before.slot().isPresent()) {
      return "Authority %s is in %s again.".formatted(after.authority(), after.seen().phase());
    }
    String rotation = before.seen().rotation().map(Object::toString).orElse("");
    boolean complete = before.successor().filter(g -> g == after.active()).isPresent();
    return complete
        ? "Rotation %s is complete: generation %d signs.".formatted(rotation, after.active())
        : "Rotation %s was rolled back: generation %d signs.".formatted(rotation, after.active());
  }

  /** What an advance has led to. */
  static String entered(RotationStatus before, RotationStatus after) {
    return ended(after)
        ? ending(before, after)
        : "Rotation %s entered %s; it was in %s."
            .formatted(
                after.seen().rotation().map(Object::toString).orElse("of " + after.authority()),
                after.seen().phase(),
                before.seen().phase());
  }

  static boolean ended(RotationStatus s) {
    return s.seen().phase() == PhaseName.STANDBY;
  }
}
