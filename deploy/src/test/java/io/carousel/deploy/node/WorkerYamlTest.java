package io.carousel.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node changes in a configuration that its operator edits, and what it leaves. */
@Timeout(10)
class WorkerYamlTest {
  private static WorkerYaml started(String text, String broker, boolean adopt) {
    return WorkerYaml.of(text)
        .keep("", "slot", "hsm-a")
        .keep("token", "label", "hsm-a")
        .set("kafka", "bootstrapServers", broker)
        .whileStartedSo(adopt, "limits", "adopt");
  }

  @Test
  void aNewOneHoldsEverything() {
    assertThat(started("", "127.0.0.1:1", false).text())
        .isEqualTo(
            """
            slot: hsm-a
            token:
              label: hsm-a
            kafka:
              bootstrapServers: 127.0.0.1:1
            limits:
              adopt: false
            """);
  }

  @Test
  void whatAnOperatorWroteStaysAndTheBrokerIsFollowed() {
    String edited =
        """
        # our limits, agreed in March
        slot: hsm-a
        limits:
            names:
              allowed: ["dns:*.example.org"]
            leafLifetime: 12h   # not longer
            adopt: true
        token:
          label: other-label

        kafka: # on this machine
          bootstrapServers: 127.0.0.1:1
        verify: sampled
        """;
    String after = started(edited, "127.0.0.1:2", false).text();
    assertThat(after).isEqualTo(edited.replace("127.0.0.1:1", "127.0.0.1:2"));
    assertThat(started(after, "127.0.0.1:2", true).text()).isEqualTo(after);
  }

  @Test
  void whatAnOptionHasSetGoesWithIt() {
    String adopting = started("", "b", true).text();
    assertThat(adopting).contains("  adopt: true # set by 'carousel up'");
    assertThat(started(adopting, "b", true).text()).isEqualTo(adopting);
    assertThat(started(adopting, "b", false).text()).contains("  adopt: false\n");
  }

  @Test
  void whatIsMissingIsAddedToItsSection() {
    String text = "slot: a\ntoken:\n  pinFile: p\n\nlimits:\n  adopt: false\n";
    assertThat(WorkerYaml.of(text).keep("token", "label", "x").text())
        .isEqualTo("slot: a\ntoken:\n  pinFile: p\n  label: x\n\nlimits:\n  adopt: false\n");
    assertThat(WorkerYaml.of(text).value("token", "pinFile")).isEqualTo("p");
    assertThat(WorkerYaml.of(text).value("token", "adopt")).isEmpty();
  }
}
