package io.carousel.deploy.demo;

import io.carousel.deploy.demo.Summary.Control;
import io.carousel.deploy.demo.Summary.Rotation;
import io.carousel.deploy.demo.Summary.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A summary for people. */
public record SummaryText(Summary summary) {

  /** Its lines. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    Summary.Handshakes h = summary.handshakes();
    add(
        lines,
        "exchanges",
        "%s made, %s failed (%s full handshakes, %s resumed)"
            .formatted(
                Lines.number(h.made()),
                Lines.number(h.failed()),
                Lines.number(h.full()),
                Lines.number(h.resumed())));
    for (int i = 0; i < summary.rotations().size(); i++) {
      add(lines, "rotation " + (i + 1), rotation(summary.rotations().get(i)));
    }
    summary.controls().forEach(c -> add(lines, "control", control(c)));
    summary.tokens().forEach(t -> add(lines, "token " + t.slot(), token(t)));
    add(lines, "signatures", Lines.number(summary.signatures()) + " by the HSMs");
    add(
        lines,
        "replay",
        "%s events, state %s (%s events/s with sequence, hashes and signatures checked)"
            .formatted(
                Lines.number(summary.events()),
                summary.replay().equal() ? "equal byte for byte" : "DIFFERENT",
                Lines.number(Math.round(summary.replay().eventsPerSecond()))));
    add(
        lines,
        "memory",
        "%d MiB resident, all processes".formatted(summary.memory().residentMiB()));
    add(
        lines,
        "time",
        "%s, the first rotation under way after %s"
            .formatted(
                Lines.seconds(summary.seconds()), Lines.seconds(summary.firstRotationAfter())));
    lines.add("");
    lines.add(
        summary.passed()
            ? "No exchange failed, every control did, and the replay is equal."
            : "NOT AS IT SHOULD BE: see above.");
    return lines;
  }

  private static void add(List<String> lines, String what, String text) {
    lines.add("  %-13s  %s".formatted(what, text));
  }

  private static String rotation(Rotation r) {
    return "%s in %s (%s); the worker of %s killed in %s"
        .formatted(
            r.outcome().replace('-', ' '),
            Lines.seconds(r.seconds()),
            r.phases().stream()
                .map(p -> "%s %s".formatted(p.name(), Lines.seconds(p.seconds())))
                .collect(Collectors.joining(", ")),
            r.killed().slot(),
            r.killed().phase());
  }

  private static String control(Control c) {
    return "%s: %s (%s)"
        .formatted(c.name(), c.detected() ? "failed, as it must" : "NOT DETECTED", c.how());
  }

  private static String token(Token t) {
    return "before %s, after %s: %s"
        .formatted(
            ids(t.before()),
            ids(t.after()),
            t.recorded()
                ? "exactly the keys that the log knows"
                : "NOT the keys that the log knows");
  }

  private static String ids(List<String> ids) {
    return ids.isEmpty()
        ? "no key"
        : ids.stream()
            .map(id -> id.substring(0, Math.min(8, id.length())))
            .collect(Collectors.joining(", "));
  }
}
