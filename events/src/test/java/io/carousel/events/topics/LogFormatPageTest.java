package io.carousel.events.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.carousel.events.Golden;
import io.carousel.events.SlotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The page that tells outsiders of the log says what the program does. */
class LogFormatPageTest {
  private final String page;

  LogFormatPageTest() throws IOException {
    page = Files.readString(Path.of("..", "docs", "log-format.md"));
  }

  @Test
  void holdsTheTableOfTopics() {
    assertThat(page).contains("\n" + Topic.markdown());
  }

  @Test
  void worksOutTheFirstRecordOfTheGoldenLog() {
    JsonNode first = JsonMapper.shared().readTree(Golden.read("log")).required("records").get(0);
    String unwrapped = page.replaceAll("\\s+", "");
    assertThat(unwrapped).contains(first.required("value").asString().replaceAll("\\s+", ""));
    assertThat(unwrapped).contains(first.required("encoding").asString());
    assertThat(unwrapped).contains(first.required("hash").asString());
    first
        .required("headers")
        .properties()
        .forEach(h -> assertThat(unwrapped).contains(h.getKey(), h.getValue().asString()));
  }

  @Test
  void everySettingHasAReasonAndNoneStandsTwice() {
    for (Topic topic : Topic.values()) {
      assertThat(topic.settings()).isNotEmpty();
      assertThat(topic.settings()).allSatisfy(s -> assertThat(s.reason()).isNotBlank());
      assertThat(topic.configuration()).hasSize(topic.settings().size());
    }
  }

  @Test
  void topicsOfASlotAreNamedAfterIt() {
    var slot = new SlotName("hsm-a");
    assertThat(Topic.KEYS.of(slot)).isEqualTo("carousel.keys.hsm-a");
    assertThat(Topic.LEAVES.of(slot)).isEqualTo("carousel.leaves.hsm-a");
    assertThat(Arrays.stream(Topic.values()).filter(Topic::perSlot))
        .containsExactly(Topic.KEYS, Topic.LEAVES);
    assertThatIllegalStateException().isThrownBy(Topic.KEYS::topicName);
    assertThatIllegalStateException().isThrownBy(() -> Topic.EVENTS.of(slot));
  }
}
