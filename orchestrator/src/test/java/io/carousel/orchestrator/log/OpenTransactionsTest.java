package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Reply;
import io.carousel.events.topics.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stranger begins transactions in our topics, and never ends them. */
@Timeout(120)
class OpenTransactionsTest {
  private final TestHouse house = new TestHouse();
  private final List<KafkaProducer<byte[], byte[]>> strangers = new ArrayList<>();

  @AfterEach
  void close() {
    strangers.forEach(s -> s.close(Duration.ZERO));
    house.close();
  }

  private String open(Topic topic) {
    String id = "stranger-" + house.id + "-" + topic;
    var stranger =
        new KafkaProducer<byte[], byte[]>(
            Map.of(
                "bootstrap.servers",
                house.cluster.bootstrap(),
                "transactional.id",
                id,
                "transaction.timeout.ms",
                900_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    strangers.add(stranger);
    stranger.initTransactions();
    stranger.beginTransaction();
    var _ =
        stranger.send(
            new ProducerRecord<>(house.cluster.named(topic.topicName()), 0, null, new byte[9]));
    stranger.flush();
    return id;
  }

  @Test
  void openTransactionHoldsNobodyUpForLong() {
    var first = house.founder();
    first.register("a");
    var ids = new ArrayList<String>();
    for (Topic topic : List.of(Topic.EVENTS, Topic.COMMANDS, Topic.REPLIES)) {
      ids.add(open(topic));
      long began = System.nanoTime();
      assertThat(first.register("b-" + topic.name().toLowerCase(java.util.Locale.ROOT)))
          .isInstanceOf(Reply.Accepted.class);
      System.out.printf(
          "a command beside an open transaction in %s: %.1f s%n",
          topic, (System.nanoTime() - began) / 1e9);
    }
    assertThat(first.chronicle().now().state()).hasSize(4);
    // Each is named: the leader ended it, and its owner cannot go on.
    Awaitility.await()
        .atMost(TestHouse.PATIENCE)
        .until(() ->
            first.chronicle().transactions().stream().allMatch(t -> t.ended().isPresent())
                && first.chronicle().transactions().size() == 3);
    assertThat(first.chronicle().transactions())
        .allMatch(
            t -> t.topics().size() == 1 && t.producer() >= 0 && !t.since().isAfter(Instant.now()))
        .extracting(OpenTransaction::id)
        .containsExactlyElementsOf(ids);
    assertThatThrownBy(strangers.getFirst()::commitTransaction).isInstanceOf(KafkaException.class);
  }

  @Test
  void openTransactionHoldsUpNoTerm() {
    var first = house.founder();
    first.register("a");
    first.close();
    open(Topic.EVENTS);
    var second = house.founder();
    assertThat(second.register("b")).isInstanceOf(Reply.Accepted.class);
    assertThat(second.chronicle().transactions()).isNotEmpty();
  }
}
