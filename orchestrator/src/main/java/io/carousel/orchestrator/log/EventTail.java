package io.carousel.orchestrator.log;

import io.carousel.events.seal.Head;
import io.carousel.events.seal.History;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Past;
import io.carousel.events.seal.Placed;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Unplaced;
import io.carousel.events.topics.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads the log, checks every record, and publishes what it leads to. One thread at a time. */
final class EventTail<S> implements AutoCloseable {
  /** From this many records on, reading them is shared among processors. */
  private static final int WORTH_SHARING = 64;

  /** So long a record may be missing while later ones are there already. */
  private static final Duration GAP_PATIENCE = Duration.ofSeconds(30);

  private static final Duration GAP_AT_START = Duration.ofSeconds(3);

  private final Cluster cluster;
  private final LiveChronicle<S> chronicle;
  private final HighestHead highest;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TopicPartition partition;
  private final History history;
  private long gapSince; // nanoseconds of the process; 0 while nothing is missing

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
  record Read(Unplaced record, RuntimeException fault, long offset) {
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
     * What it is to that history.
     *
     * @throws ImpossibleHistory if it cannot be
     */
    Placed placedIn(History history) {
      try {
        return fault == null
            ? history.place(record)
            : new Placed.Stray(Placed.Kind.UNSIGNED, String.valueOf(fault.getMessage()));
      } catch (ImpossibleHistory e) {
        throw e.at(offset);
      }
    }

    private static Read of(ConsumerRecord<byte[], byte[]> kafka) {
      try {
        Message message = KafkaRecords.message(Topic.EVENTS.topicName(), kafka);
        return new Read(Unplaced.of(message), null, kafka.offset());
      } catch (RuntimeException e) {
        // Whatever it is, it is a fault of the record alone.
        return new Read(null, e, kafka.offset());
      }
    }
  }

  /**
   * Takes what has come. What is no part of the history is counted, and changes nothing.
   *
   * @param wait at most so long for something to come
   * @return how many records
   * @throws ImpossibleHistory if one of them cannot be, or one has been missing for long; those
   *     before it are published
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
      checkGap();
      return 0;
    }
    List<Read> read = Read.all(polled, history);
    place(read);
    return read.size();
  }

  /** Where transactions are under way, a copy of a record may be seen before those it follows. */
  private void checkGap() {
    Optional<ImpossibleHistory> gap = history.gap();
    long now = System.nanoTime();
    if (gap.isEmpty()) {
      gapSince = 0;
    } else if (gapSince == 0) {
      gapSince = now;
    } else if (now - gapSince > GAP_PATIENCE.toNanos()) {
      throw gap.get();
    }
  }

  private void place(List<Read> records) {
    var events = new ArrayList<LiveChronicle.At>(records.size());
    Known<S> known = chronicle.known();
    try {
      for (Read read : records) {
        switch (read.placedIn(history)) {
          case Placed.Next(Recorded event) -> {
            check(event);
            known = evolve(known, event);
            events.add(new LiveChronicle.At(event, read.offset()));
          }
          case Placed.Stray stray ->
              chronicle.stray().add(read.offset(), history.head().sequence(), stray);
        }
      }
    } finally {
      publish(events, known);
      chronicle.stray().warn();
    }
  }

  private void check(Recorded event) {
    highest.check(history.house().orElseThrow(), new Head(event.sequence(), event.hash()));
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
   * @throws ImpossibleHistory also if a record is missing there
   */
  void replayTo(long end) {
    long progress = System.nanoTime();
    while (true) {
      boolean whole = consumer.position(partition) >= end;
      Optional<ImpossibleHistory> gap = history.gap();
      if (whole && gap.isEmpty()) {
        return;
      }
      Duration patience = whole ? GAP_AT_START : cluster.patience();
      if (poll(Duration.ofMillis(200)) > 0) {
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > patience.toNanos()) {
        throw whole ? gap.orElseThrow() : nothingComes(end);
      }
    }
  }

  private BrokerUnreachable nothingComes(long end) {
    return new BrokerUnreachable(
        cluster,
        new TimeoutException(
            "the log goes on to offset %d, and nothing comes after %d; a transaction may be open"
                .formatted(end, consumer.position(partition))));
  }

  /** Takes what this instance wrote itself, without reading it. */
  void wrote(List<LiveChronicle.At> events, Known<S> known) {
    events.forEach(at -> history.adopt(at.event()));
    consumer.seek(partition, events.getLast().offset() + 1);
    publish(events, known);
  }

  /**
   * Takes what this instance wrote itself by reading it, since something else stands between.
   *
   * @throws BrokerUnreachable if it does not come
   * @throws IllegalStateException if the log goes on in another way
   */
  void readBack(List<LiveChronicle.At> events, Known<S> known) {
    replayTo(events.getLast().offset() + 1);
    if (!chronicle.known().head().equals(known.head())) {
      throw new IllegalStateException(
          "somebody else wrote to the log before event %d"
              .formatted(events.getFirst().event().sequence()));
    }
  }

  /** What it remembers of the records before. */
  Past past() {
    return history.past();
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
