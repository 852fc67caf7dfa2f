package io.carousel.agent.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.PhaseName;
import io.carousel.events.Profile;
import io.carousel.events.Serial;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The text against the grammar of Prometheus' exposition format. */
class MetricsTest {
  private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) [^\\n]+");
  private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) (gauge|counter)");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? -?[0-9]+");

  private static AgentStatus.OfAuthority authority(String name) {
    return new AgentStatus.OfAuthority(
        new AuthorityName(name),
        false,
        7,
        Optional.of(PhaseName.UPDATE_CLIENTS),
        List.of(1, 2),
        List.of(
            new AgentStatus.Presented(
                Format.X509,
                Profile.CLIENT,
                2,
                new Serial("2"),
                Instant.ofEpochSecond(2_000_000_000),
                Optional.empty())),
        12,
        Optional.of(Instant.ofEpochSecond(1_999_999_999)),
        Optional.empty(),
        Optional.of("reload failed"),
        Optional.empty(),
        List.of());
  }

  @Test
  void everyFamilyIsDescribedOnceAndBeforeItsSamples() {
    String text =
        Metrics.of(
            new AgentStatus(
                new ParticipantName("web-1"),
                "https://house",
                Instant.ofEpochSecond(1),
                false,
                Optional.of("off"),
                List.of(authority("db"), authority("web"))));
    assertThat(text).endsWith("\n");
    var described = new HashSet<String>();
    var samples = new HashSet<String>();
    String family = "";
    for (String line : text.lines().toList()) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (help.matches()) {
        family = help.group(1);
        assertThat(described.add(family)).as(line).isTrue();
      } else if (type.matches()) {
        assertThat(type.group(1)).isEqualTo(family);
        assertThat(family.endsWith("_total")).isEqualTo(type.group(2).equals("counter"));
      } else {
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(sample.group(1)).isEqualTo(family);
        assertThat(samples.add(line.substring(0, line.lastIndexOf(' ')))).as(line).isTrue();
      }
    }
    assertThat(text)
        .contains("carousel_agent_clock_off 1\n")
        .contains("carousel_agent_reports_total{authority=\"web\"} 12\n")
        .contains("carousel_agent_phase{authority=\"db\",phase=\"update-clients\"} 1\n")
        .contains("carousel_agent_crls_until_seconds{authority=\"db\"} 1999999999\n");
  }
}
