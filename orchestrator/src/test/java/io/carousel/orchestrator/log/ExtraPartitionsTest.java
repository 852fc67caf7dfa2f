package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.Reply;
import io.carousel.events.topics.Topic;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever owns Kafka may add partitions to a topic, and nobody can take them away again. */
@Timeout(120)
class ExtraPartitionsTest {
  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void logStaysInItsFirstPartition() throws Exception {
    var first = house.founder();
    first.register("a");
    add(Topic.EVENTS, 3);
    add(Topic.COMMANDS, 2);
    first.register("a2");
    first.close();
    TopicSetup.ensure(house.cluster, List.of());
    // New clients see all partitions from their start.
    var second = house.founder();
    for (String slot : List.of("b", "c", "d", "e", "f", "g")) {
      assertThat(second.register(slot)).isInstanceOf(Reply.Accepted.class);
    }
    assertThat(second.chronicle().now().state())
        .containsExactly("a", "a2", "b", "c", "d", "e", "f", "g");
    for (Topic topic : List.of(Topic.EVENTS, Topic.COMMANDS)) {
      assertThat(house.raw(topic.topicName()))
          .extracting(ConsumerRecord::partition)
          .containsOnly(0);
    }
  }

  private void add(Topic topic, int number) throws Exception {
    String name = house.cluster.named(topic.topicName());
    try (Admin admin = new Clients(house.cluster).admin()) {
      admin.createPartitions(Map.of(name, NewPartitions.increaseTo(number))).all().get();
    }
  }
}
