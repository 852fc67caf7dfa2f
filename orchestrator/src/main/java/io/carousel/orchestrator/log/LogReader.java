package io.carousel.orchestrator.log;

import io.carousel.events.Bytes;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.History;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Placed;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the whole log once, as an auditor does: from its first record to where it ended when the
 * reading began, every sequence number, hash and signature checked, with nothing kept from earlier.
 */
public final class LogReader {
  private LogReader() {}

  /**
   * What came of a reading.
   *
   * @param strays how many records are no part of the history
   * @param took the reading itself, without connecting
   */
  public record Replayed<S>(S state, Head head, long strays, Duration took) {
    /** How many events were checked and folded in a second. */
    public double perSecond() {
      return head.sequence() / Math.max(1e-9, took.toNanos() / 1e9);
    }
  }

  /**
   * Reads and folds.
   *
   * @param founder the key (SubjectPublicKeyInfo) that must have founded the house; empty: whoever
   *     did
   * @throws io.carousel.events.seal.ImpossibleHistory naming the first record that cannot be
   * @throws BrokerUnreachable if there is no broker, or nothing more comes
   */
  public static <S> Replayed<S> replay(Cluster cluster, Optional<Bytes> founder, Judge<S> judge) {
    var partition = new TopicPartition(cluster.named(Topic.EVENTS.topicName()), 0);
    try (var consumer = new Closing(new Clients(cluster).reader())) {
      consumer.kafka().assign(List.of(partition));
      consumer.kafka().seekToBeginning(List.of(partition));
      long end = consumer.kafka().endOffsets(List.of(partition)).get(partition);
      return read(cluster, consumer.kafka(), partition, end, History.fromStart(founder), judge);
    } catch (KafkaException e) {
      throw new BrokerUnreachable(cluster, e);
    }
  }

  private record Closing(KafkaConsumer<byte[], byte[]> kafka) implements AutoCloseable {
    @Override
    public void close() {
      kafka.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }

  private static <S> Replayed<S> read(
      Cluster cluster,
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long end,
      History history,
      Judge<S> judge) {
    long began = System.nanoTime();
    long deadline = began + cluster.patience().toNanos();
    S state = judge.initial();
    Placed.Stray firstStray = null;
    long strays = 0;
    while (consumer.position(partition) < end) {
      List<ConsumerRecord<byte[], byte[]>> polled =
          consumer.poll(Duration.ofMillis(200)).records(partition);
      for (EventTail.Read record : EventTail.Read.all(polled, history)) {
        switch (record.placedIn(history)) {
          case Placed.Next(Recorded event) -> state = judge.evolve(state, event);
          case Placed.Stray s -> {
            firstStray = strays++ == 0 ? s : firstStray;
          }
        }
      }
      if (!polled.isEmpty()) {
        deadline = System.nanoTime() + cluster.patience().toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new BrokerUnreachable(
            cluster,
            new org.apache.kafka.common.errors.TimeoutException(
                "the log goes on to offset %d, and nothing comes".formatted(end)));
      }
    }
    checkWhole(history, firstStray);
    return new Replayed<>(
        state, history.head(), strays, Duration.ofNanos(System.nanoTime() - began));
  }

  /** A log whose founding is missing is none, and one in which a record is missing is not whole. */
  private static void checkWhole(History history, Placed.Stray first) {
    if (history.head().sequence() == 0 && first != null) {
      throw new ImpossibleHistory(1, first.reason());
    }
    history
        .gap()
        .ifPresent(gap -> {
          throw gap;
        });
  }
}
