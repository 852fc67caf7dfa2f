package io.carousel.orchestrator.application;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.SlotName;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class LetterPlacesTest {
  private static final SlotName SLOT = new SlotName("hsm-a");

  private final LetterPlaces places = new LetterPlaces("ours.");

  private Optional<LetterPlace> next(String topic, String partition, String offset) {
    var headers = new TreeMap<String, String>();
    headers.put("__dlq.errors.topic", topic);
    headers.put("__dlq.errors.partition", partition);
    headers.put("__dlq.errors.offset", offset);
    return places.next(
        new Message(Topic.DEAD.topicName(), null, headers, new byte[0]),
        List.of(new SlotName("hsm-b"), SLOT));
  }

  @Test
  void placeIsLookedAtOnce() {
    assertThat(next("ours.carousel.leaves.hsm-a", "3", "7"))
        .contains(new LetterPlace("carousel.leaves.hsm-a", 3, 7, SLOT));
    assertThat(next("ours.carousel.leaves.hsm-a", "3", "7")).isEmpty();
    assertThat(next("ours.carousel.leaves.hsm-a", "3", "8")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "ours.carousel.keys.hsm-c, 0, 1",
    "carousel.keys.hsm-a, 0, 1",
    "ours.carousel.events, 0, 1",
    "x, 0, 1",
    "'', 0, 1",
    "ours.carousel.keys.hsm-a, -1, 1",
    "ours.carousel.keys.hsm-a, 4294967296, 1",
    "ours.carousel.keys.hsm-a, 0, -1",
    "ours.carousel.keys.hsm-a, 0, 99999999999999999999",
    "ours.carousel.keys.hsm-a, 0, a",
  })
  void placeOfNoCommandIsLeftOut(String topic, String partition, String offset) {
    assertThat(next(topic, partition, offset)).isEmpty();
  }

  @Test
  void letterWithoutPlaceIsLeftOut() {
    var bare = new Message(Topic.DEAD.topicName(), null, new TreeMap<>(), new byte[0]);
    assertThat(places.next(bare, List.of(SLOT))).isEmpty();
  }
}
