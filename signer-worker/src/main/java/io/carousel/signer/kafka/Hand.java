package io.carousel.signer.kafka;

import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.Message;
import io.carousel.signer.work.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that a worker holds under lock (KIP-932), and what may be done with them. A lock may
 * be lost while its record is in hand: then the record is dropped here, and somebody else gets it.
 * One thread at a time.
 */
final class Hand {
  private static final Logger LOG = LoggerFactory.getLogger(Hand.class);
  private static final Duration RENEWED = Duration.ofMillis(100);
  private static final Duration USUAL_LOCK = Duration.ofSeconds(30);

  private final ShareConsumer<byte[], byte[]> consumer;
  private final Map<Place, ConsumerRecord<byte[], byte[]>> held = new LinkedHashMap<>();
  private final Tally tally;
  private long renewed = System.nanoTime();

  /** Where a record stands. */
  record Place(String topic, int partition, long offset) {
    private static Place of(ConsumerRecord<?, ?> record) {
      return new Place(record.topic(), record.partition(), record.offset());
    }
  }

  /** A record in hand. */
  record Held(Place place, ConsumerRecord<byte[], byte[]> record) {
    /**
     * What it says.
     *
     * @throws ForgedRecord if it is of no form that anybody signs
     */
    Message message() {
      return Envelope.open(record);
    }

    /** How often the broker has handed it out, this time included. */
    int deliveries() {
      return record.deliveryCount().orElse((short) 1);
    }
  }

  Hand(ShareConsumer<byte[], byte[]> consumer, Tally tally) {
    this.consumer = consumer;
    this.tally = tally;
    consumer.setAcknowledgementCommitCallback((_, failure) -> {
      if (failure != null) {
        lost(failure);
      }
    });
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** Takes up more. Call only while the hand is empty. */
  void take(Duration patience) {
    add(consumer.poll(patience));
    renewed = System.nanoTime();
  }

  private void add(ConsumerRecords<byte[], byte[]> records) {
    records.forEach(record -> held.put(Place.of(record), record));
  }

  /** What is in hand. */
  List<Held> held() {
    return held.entrySet().stream().map(e -> new Held(e.getKey(), e.getValue())).toList();
  }

  /** When to {@link #renew}: after a third of the lock, so that two attempts may fail. */
  Duration untilRenewal() {
    Duration lock = consumer.acquisitionLockTimeoutMs().map(Duration::ofMillis).orElse(USUAL_LOCK);
    return lock.dividedBy(3).minusNanos(System.nanoTime() - renewed);
  }

  /** Puts a record down; takes effect with {@link #settle} or {@link #commit}. */
  void put(Place place, AcknowledgeType type) {
    ConsumerRecord<byte[], byte[]> record = held.remove(place);
    if (record != null) {
      acknowledge(record, type);
    }
  }

  private boolean acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
    try {
      consumer.acknowledge(record, type);
      return true;
    } catch (IllegalStateException e) {
      tally.countLost(); // the consumer holds it no more
      return false;
    }
  }

  /**
   * Has the broker told what was put down: once the hand is empty by the request that takes up
   * more, which spares a round trip and a wait for the broker's disk; else at once. Call before
   * {@link #take}.
   */
  void settle() {
    if (!isEmpty()) {
      commit();
    }
  }

  /**
   * Tells the broker what was put down, and waits. If a lock ran out before, or nobody hears it,
   * the record comes again to somebody: its answer is written already and is recorded as a repeat.
   */
  void commit() {
    try {
      consumer.commitSync().values().stream().flatMap(Optional::stream).forEach(this::lost);
    } catch (RetriableException e) {
      lost(e);
    }
  }

  private void lost(Exception why) {
    tally.countLost();
    LOG.info("a command may be carried out twice: {}", why.getMessage());
  }

  /** Starts the locks of everything in hand anew; what comes back is what is still held. */
  void renew() {
    var before = new ArrayList<>(held.values());
    before.removeIf(record -> !acknowledge(record, AcknowledgeType.RENEW));
    commit();
    held.clear();
    if (!before.isEmpty()) {
      add(consumer.poll(RENEWED));
    }
    renewed = System.nanoTime();
  }
}
