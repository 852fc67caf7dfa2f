package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.topics.Topic;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoredRecordsTest {
  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  /** Anybody may say that something stands at the end, and nothing ever comes there. */
  @Test
  void nothingIsWaitedForWhereNothingStands() {
    house.founder().register("a");
    String topic = Topic.EVENTS.topicName();
    long end = house.raw(topic).getLast().offset() + 1; // the mark of its transaction
    try (var stored = new StoredRecords(house.cluster)) {
      assertThat(stored.read(topic, 0, 0)).isPresent();
      long began = System.nanoTime();
      assertThat(stored.read(topic, 0, end)).isEmpty();
      assertThat(stored.read(topic, 0, end + 1)).isEmpty();
      assertThat(stored.read(topic, 0, end + 1_000_000)).isEmpty();
      assertThat(stored.read(topic, 0, Long.MAX_VALUE)).isEmpty();
      assertThat(stored.read(topic, 1, 0)).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(house.cluster.patience());
      assertThat(stored.read(topic, 0, end - 1)).isPresent();
    }
  }
}
