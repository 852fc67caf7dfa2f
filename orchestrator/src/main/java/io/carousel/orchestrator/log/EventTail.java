package io.carousel.orchestrator.log;

import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.History;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Unplaced;
import io.carousel.events.topics.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads the log, checks every record, and publishes what it leads to. One thread at a time. */
final class EventTail<S> implements AutoCloseable {
  /** From this many records on, reading them is shared among processors. */
  private static final int WORTH_SHARING = 64;

  private final Cluster cluster;
  private final LiveChronicle<S> chronicle;
  private final HighestHead highest;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private History history;

  EventTail(
      Cluster cluster,
      LiveChronicle<S> chronicle,
      HighestHead highest,
      History history,
      long offset) {
    this.cluster = cluster;
    this.chronicle = chronicle;
    this.highest = highest;
    this.history = history;
    this.partition = new TopicPartition(cluster.named(Topic.EVENTS.topicName()), 0);
    this.consumer = new Clients(cluster).reader();
    consumer.assign(List.of(partition));
    consumer.seek(partition, offset);
  }

  /** A record of Kafka, read as far as it can be without those before it. */
  record Read(Unplaced record, ForgedRecord fault, long offset) {
    /**
     * Hashing, parsing and verifying signatures need no record before, so that the other cores
     * help.
     *
     * @param history that they go on with
     */
    static List<Read> all(List<ConsumerRecord<byte[], byte[]>> polled, History history) {
      if (polled.size() < WORTH_SHARING) {
        return polled.stream().map(Read::of).toList();
      }
      List<Read> all = polled.parallelStream().map(Read::of).toList();
      history.foresee(all.stream().map(Read::record).filter(Objects::nonNull).toList());
      return all;
    }

    /**
     * The event of it, if it is the next of that history.
     *
     * @throws ImpossibleHistory if it is not
     */
    Recorded acceptedBy(History history) {
      if (fault != null) {
        throw new ImpossibleHistory(history.head().sequence() + 1, fault.getMessage());
      }
      return history.accept(record);
    }

    private static Read of(ConsumerRecord<byte[], byte[]> kafka) {
      try {
        Message message = KafkaRecords.message(Topic.EVENTS.topicName(), kafka);
        return new Read(Unplaced.of(message), null, kafka.offset());
      } catch (ForgedRecord e) {
        return new Read(null, e, kafka.offset());
      }
    }
  }

  /**
   * Takes what has come.
   *
   * @param wait at most so long for something to come
   * @return how many events
   * @throws ImpossibleHistory if one of them cannot be; those before it are published
   */
  int poll(Duration wait) {
    List<ConsumerRecord<byte[], byte[]>> polled;
    try {
      polled = consumer.poll(wait).records(partition);
    } catch (InvalidOffsetException e) {
      throw new ImpossibleHistory(
          history.head().sequence() + 1,
          "Kafka has nothing any more where it should stand (%s)".formatted(e.getMessage()));
    }
    if (polled.isEmpty()) {
      return 0;
    }
    List<Read> read = Read.all(polled, history);
    place(read);
    return read.size();
  }

  private void place(List<Read> records) {
    var events = new ArrayList<LiveChronicle.At>(records.size());
    Known<S> known = chronicle.known();
    try {
      for (Read read : records) {
        Recorded event = accept(read);
        known = evolve(known, event);
        events.add(new LiveChronicle.At(event, read.offset()));
      }
    } finally {
      publish(events, known);
    }
  }

  private Recorded accept(Read read) {
    Recorded event = read.acceptedBy(history);
    highest.check(history.house().orElseThrow(), new Head(event.sequence(), event.hash()));
    return event;
  }

  private Known<S> evolve(Known<S> known, Recorded event) {
    try {
      return known.after(event, chronicle.judge());
    } catch (RuntimeException e) {
      throw new ImpossibleHistory(event.sequence(), "the rules cannot go on from it: " + e);
    }
  }

  private void publish(List<LiveChronicle.At> events, Known<S> known) {
    if (!events.isEmpty()) {
      chronicle.add(events, known);
      raise();
    }
  }

  private void raise() {
    Known<S> known = chronicle.known();
    try {
      highest.raise(known.house().orElseThrow(), known.head());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /**
   * Takes everything up to that offset.
   *
   * @throws BrokerUnreachable if nothing more comes
   */
  void replayTo(long end) {
    long deadline = System.nanoTime() + cluster.patience().toNanos();
    while (consumer.position(partition) < end) {
      if (poll(Duration.ofMillis(200)) > 0) {
        deadline = System.nanoTime() + cluster.patience().toNanos();
      } else if (System.nanoTime() > deadline) {
        throw new BrokerUnreachable(
            cluster,
            new TimeoutException(
                "the log goes on to offset %d, and nothing comes after %d; a transaction may be open"
                    .formatted(end, consumer.position(partition))));
      }
    }
  }

  /** Takes what this instance wrote itself, without reading it. */
  void wrote(List<LiveChronicle.At> events, Known<S> known) {
    history = History.from(known.house().orElseThrow(), known.head(), known.at(), known.roster());
    consumer.seek(partition, events.getLast().offset() + 1);
    publish(events, known);
  }

  /** The offset that it reads next. */
  long offset() {
    return consumer.position(partition);
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
  }
}
