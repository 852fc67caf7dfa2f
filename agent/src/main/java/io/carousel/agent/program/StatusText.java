package io.carousel.agent.program;

import io.carousel.agent.output.OutputStanding;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A status as people read it. */
public record StatusText(AgentStatus status) {

  /** Its lines. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add(
        "%s at %s: %s"
            .formatted(
                status.participant(),
                status.house(),
                status.upToDate() ? "everything is up to date" : "not everything is up to date"));
    status.clock().ifPresent(wrong -> lines.add("  clock      " + wrong));
    status.authorities().forEach(authority -> add(lines, authority));
    return lines;
  }

  private static void add(List<String> lines, AgentStatus.OfAuthority of) {
    lines.add("");
    lines.add("authority " + of.authority());
    lines.add(
        "  phase      %s, bundle %d"
            .formatted(of.phase().map(Object::toString).orElse("unknown"), of.bundle()));
    lines.add("  trusts     " + generations(of.trusts()));
    if (of.presents().isEmpty()) {
      lines.add("  presents   nothing");
    }
    of.presents()
        .forEach(presented -> {
          lines.add("  presents   " + text(presented));
          presented.revoked().ifPresent(why -> lines.add("             REVOKED: " + plain(why)));
        });
    of.crlsUntil().ifPresent(until -> lines.add("  CRLs       until " + until));
    of.noCrls().ifPresent(why -> lines.add("  CRLs       " + plain(why)));
    lines.add("  reports    %d since the start".formatted(of.reports()));
    of.canary().ifPresent(canary -> lines.add("  canary     " + canary));
    of.problem().ifPresent(problem -> lines.add("  problem    " + plain(problem)));
    of.outputs().forEach(output -> add(lines, output));
  }

  private static String text(AgentStatus.Presented presented) {
    return "%s %s credential of generation %d, serial number %s, until %s"
        .formatted(
            presented.format(),
            presented.profile(),
            presented.generation(),
            presented.serial(),
            presented.notAfter());
  }

  private static String generations(List<Integer> trusts) {
    return trusts.isEmpty()
        ? "nobody"
        : trusts.stream().map(String::valueOf).collect(Collectors.joining(", ", "generation ", ""));
  }

  private static void add(List<String> lines, OutputStanding output) {
    lines.add(
        "  output     %s (%s), set %s, %s"
            .formatted(
                output.folder(), output.layout(), output.set().orElse("none"), output.service()));
    output
        .earlierConnections()
        .filter(n -> n > 0)
        .ifPresent(n ->
            lines.add(
                "             %d connections stand that were made before a CA left".formatted(n)));
    output.failure().ifPresent(failure -> lines.add("             failed: " + plain(failure)));
  }

  /** What services and the house say may hold anything. */
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
