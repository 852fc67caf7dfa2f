package io.carousel.orchestrator.log;

import io.carousel.events.AuthorName;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.wire.UnreadableRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows all partitions of a topic and hands on what somebody enrolled has signed, each partition
 * in its order. What nobody enrolled has signed is passed over. Has a thread of its own.
 */
public final class TopicTail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicTail.class);
  private static final Duration AUTHORS_WAIT = Duration.ofSeconds(5);

  private final String topic;
  private final Cluster cluster;
  private final Predicate<String> wanted;
  private final Chronicle<?> chronicle;
  private final Consumer<Received> handler;
  private final Authorship authorship;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Map<AuthorName, Long> strangers = new HashMap<>();
  private final ConcurrentLinkedQueue<CompletableFuture<Void>> asked =
      new ConcurrentLinkedQueue<>();
  private final List<Await> awaited = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closing;

  /** Where to begin. */
  public enum From {
    /** With the first record there is. */
    START,
    /** With the next that comes. */
    NOW
  }

  /**
   * A record, and who signed it.
   *
   * @param offset in its partition
   */
  public record Received(Message message, KnownAuthor author, int partition, long offset) {}

  private record Await(Map<TopicPartition, Long> ends, CompletableFuture<Void> reached) {}

  private TopicTail(
      Cluster cluster,
      HouseId house,
      String topic,
      Predicate<String> wanted,
      Chronicle<?> chronicle,
      Consumer<Received> handler) {
    this.cluster = cluster;
    this.topic = topic;
    this.wanted = wanted;
    this.chronicle = chronicle;
    this.handler = handler;
    this.authorship = new Authorship(house);
    this.consumer = new Clients(cluster).reader();
    this.partitions =
        consumer.partitionsFor(cluster.named(topic), cluster.patience()).stream()
            .map(p -> new TopicPartition(p.topic(), p.partition()))
            .toList();
    this.thread = Thread.ofPlatform().daemon().name("carousel-tail-" + topic).unstarted(this::run);
  }

  /**
   * Follows a topic.
   *
   * @param topic as the contract names it
   * @param wanted which keys; others are not even checked
   * @param chronicle says who is enrolled
   * @param handler called in the tail's thread; what it throws is logged, and the next record comes
   * @throws BrokerUnreachable if there is no broker
   */
  public static TopicTail open(
      Cluster cluster,
      HouseId house,
      String topic,
      From from,
      Predicate<String> wanted,
      Chronicle<?> chronicle,
      Consumer<Received> handler) {
    TopicTail tail;
    try {
      tail = new TopicTail(cluster, house, topic, wanted, chronicle, handler);
      tail.begin(from);
    } catch (KafkaException e) {
      throw new BrokerUnreachable(cluster, e);
    }
    tail.thread.start();
    return tail;
  }

  private void begin(From from) {
    consumer.assign(partitions);
    switch (from) {
      case START -> consumer.seekToBeginning(partitions);
      case NOW -> consumer.seekToEnd(partitions);
    }
    // Now, not when it is first read.
    partitions.forEach(consumer::position);
  }

  /** Completes once everything that the topic holds now has been handed on. */
  public CompletableFuture<Void> caughtUp() {
    var reached = new CompletableFuture<Void>();
    asked.add(reached);
    consumer.wakeup();
    if (!thread.isAlive()) {
      abandonAsked();
    }
    return reached;
  }

  private void run() {
    while (!closing) {
      try {
        for (ConsumerRecord<byte[], byte[]> kafka : consumer.poll(Duration.ofMillis(250))) {
          receive(kafka);
        }
        answer();
      } catch (WakeupException e) {
        // Somebody asked something, or this ends.
      } catch (OffsetOutOfRangeException e) {
        LOG.info(
            "{}: records were deleted before they were read; going on with what is left", topic);
        consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
      } catch (KafkaException e) {
        LOG.warn("{} cannot be read: {}", topic, e.getMessage());
      }
    }
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    abandon();
  }

  private void answer() {
    if (!asked.isEmpty()) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      for (var one = asked.poll(); one != null; one = asked.poll()) {
        awaited.add(new Await(ends, one));
      }
    }
    awaited.removeIf(a -> reached(a.ends()) && a.reached().complete(null));
  }

  private boolean reached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
  }

  private void receive(ConsumerRecord<byte[], byte[]> kafka) {
    try {
      Message message = KafkaRecords.message(topic, kafka);
      if (wanted.test(message.key())) {
        KnownAuthor author = author(message);
        handler.accept(new Received(message, author, kafka.partition(), kafka.offset()));
      }
    } catch (ForgedRecord | UnreadableRecord e) {
      LOG.warn(
          "{}, partition {}, offset {}: passed over: {}",
          topic,
          kafka.partition(),
          kafka.offset(),
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("{}, offset {}: what was read could not be used", topic, kafka.offset(), e);
    }
  }

  private KnownAuthor author(Message message) {
    AuthorName name = authorship.claimedAuthor(message);
    if (chronicle.author(name).isEmpty()) {
      awaitAuthor(name);
    }
    return authorship.check(message, chronicle::author);
  }

  /** Somebody just enrolled may write before this instance has read of it. */
  private void awaitAuthor(AuthorName name) {
    long head = chronicle.now().head().sequence();
    Long seenAt = strangers.get(name);
    if (seenAt != null && seenAt == head) {
      return;
    }
    try {
      var now = chronicle.upToDate().get(AUTHORS_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (strangers.size() > 1_000) {
        strangers.clear();
      }
      strangers.put(name, now.head().sequence());
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("whether '{}' is enrolled could not be found out: {}", name, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void abandonAsked() {
    for (var one = asked.poll(); one != null; one = asked.poll()) {
      one.completeExceptionally(closed());
    }
  }

  private IllegalStateException closed() {
    return new IllegalStateException("the tail of " + cluster.named(topic) + " is closed");
  }

  private void abandon() {
    abandonAsked();
    awaited.forEach(a -> a.reached().completeExceptionally(closed()));
    awaited.clear();
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
