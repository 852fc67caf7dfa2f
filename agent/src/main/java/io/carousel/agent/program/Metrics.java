package io.carousel.agent.program;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A status in the text format of Prometheus (exposition format 0.0.4). */
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<String, Family> families = new LinkedHashMap<>();

  private record Family(String type, String help, List<String> samples) {}

  private Metrics() {}

  static String of(AgentStatus status) {
    var metrics = new Metrics();
    metrics.tell(status);
    return metrics.text();
  }

  private void tell(AgentStatus status) {
    gauge(
        "start_time_seconds", "When the agent was started, in Unix time.", seconds(status.since()));
    gauge(
        "clock_off",
        "Whether this machine's clock differs from the house's by more than a minute.",
        status.clock().isPresent() ? 1 : 0);
    status.authorities().forEach(this::tell);
  }

  private void tell(AgentStatus.OfAuthority of) {
    String authority = of.authority().value();
    gauge(
        "up_to_date",
        "Whether all that the house asks for is at work and was reported.",
        of.upToDate() ? 1 : 0,
        "authority",
        authority);
    gauge(
        "trouble",
        "Whether something has gone wrong and not yet right again; the status says what.",
        of.problem().isPresent() ? 1 : 0,
        "authority",
        authority);
    gauge(
        "bundle_number",
        "Number of the trust bundle in place; 0 if none.",
        of.bundle(),
        "authority",
        authority);
    counter("reports", "Reports since the start.", of.reports(), "authority", authority);
    of.phase()
        .ifPresent(phase ->
            gauge(
                "phase",
                "1 for the phase that the authority is in, as the agent knows it.",
                1,
                "authority",
                authority,
                "phase",
                phase.wire()));
    for (int generation : of.trusts()) {
      gauge(
          "trusted",
          "1 for each generation that is trusted.",
          1,
          "authority",
          authority,
          "generation",
          Integer.toString(generation));
    }
    for (AgentStatus.Presented presented : of.presents()) {
      gauge(
          "credential_not_after_seconds",
          "When a credential at work ends, in Unix time.",
          seconds(presented.notAfter()),
          "authority",
          authority,
          "format",
          presented.format().wire(),
          "profile",
          presented.profile().wire(),
          "generation",
          Integer.toString(presented.generation()));
    }
    of.outputs().stream()
        .flatMap(output -> output.earlierConnections().stream())
        .reduce(Integer::sum)
        .ifPresent(n ->
            gauge(
                "earlier_connections",
                "Connections that stand and were made before a CA left what is trusted.",
                n,
                "authority",
                authority));
    of.crlsUntil()
        .ifPresent(until ->
            gauge(
                "crls_until_seconds",
                "When the first of the CRLs at work is past its time, in Unix time.",
                seconds(until),
                "authority",
                authority));
  }

  private static long seconds(Instant at) {
    return at.getEpochSecond();
  }

  private void gauge(String name, String help, long value, String... labels) {
    add("gauge", "carousel_agent_" + name, help, value, labels);
  }

  private void counter(String name, String help, long value, String... labels) {
    add("counter", "carousel_agent_" + name + "_total", help, value, labels);
  }

  private void add(String type, String name, String help, long value, String... labels) {
    var text = new StringBuilder(name);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      text.append(escaped(labels[i + 1])).append('"');
    }
    text.append(labels.length == 0 ? " " : "} ").append(value);
    families
        .computeIfAbsent(name, _ -> new Family(type, help, new ArrayList<>()))
        .samples()
        .add(text.toString());
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private String text() {
    var text = new StringBuilder();
    families.forEach((name, family) -> {
      text.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
      text.append("# TYPE ").append(name).append(' ').append(family.type()).append('\n');
      family.samples().forEach(sample -> text.append(sample).append('\n'));
    });
    return text.toString();
  }
}
