package io.carousel.orchestrator.log;

import io.carousel.events.AuthorName;
import io.carousel.events.GateEvidence.TopicOffset;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.ForgedRecord;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.wire.UnreadableRecord;
import java.time.Duration;
import java.time.Instant;
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
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
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
  private static final int COUNTED = 256;
  private static final int AHEAD = 512;

  /** So few are not worth another thread. */
  private static final int FEW = 32;

  private final String topic;
  private final Cluster cluster;
  private final Predicate<String> wanted;
  private final Chronicle<?> chronicle;
  private final Consumer<Received> handler;
  private final Consumer<Unproven> doubtful;
  private final Consumer<List<Message>> ahead;
  private final PassedOver passedOver;
  private final Authorship authorship;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Map<AuthorName, Long> strangers = new HashMap<>();
  private final ConcurrentLinkedQueue<Await> awaited = new ConcurrentLinkedQueue<>();

  /**
   * Asks where the topic ends. Over a connection of its own: a broker answers each connection's
   * requests one after the other, and a fetch waits there for records.
   */
  private final KafkaConsumer<byte[], byte[]> surveyor;

  private final Thread thread;
  private boolean upToDate; // since the last fetch; of the thread
  private volatile boolean closing;
  private volatile Progress progress = new Progress(0, 0);

  /** Sum of the positions at which it began. */
  private long first;

  /**
   * How far a tail has come through what its topic held when it was opened.
   *
   * @param read how many records it has handed on; grows beyond
   * @param total how many there were
   */
  public record Progress(long read, long total) {
    /** For people. */
    @Override
    public String toString() {
      return "%d of %d".formatted(Math.min(read, total), total);
    }
  }

  /** Where to begin. */
  public sealed interface From {
    /** With the first record there is. */
    record Start() implements From {}

    /** With the first that was written at that moment or later, by its author's clock. */
    record Since(Instant at) implements From {}

    /** With the next that comes. */
    record Now() implements From {}

    /**
     * With those that come after these places; partitions without one from the start.
     *
     * @param next the offset to begin with, by partition
     */
    record At(Map<Integer, Long> next) implements From {
      /** Copies. */
      public At {
        next = Map.copyOf(next);
      }
    }
  }

  /**
   * A record, and who signed it.
   *
   * @param offset in its partition
   * @param written when, by its author's clock
   */
  public record Received(
      Message message, KnownAuthor author, int partition, long offset, Instant written) {}

  /**
   * A record that nobody enrolled now has signed.
   *
   * @param why it does not count
   */
  public record Unproven(
      Message message, int partition, long offset, Instant written, String why) {}

  private record Await(
      Map<TopicPartition, Long> ends, CompletableFuture<List<TopicOffset>> reached) {}

  private TopicTail(
      Cluster cluster,
      HouseId house,
      String topic,
      Predicate<String> wanted,
      Chronicle<?> chronicle,
      Consumer<Received> handler,
      Consumer<Unproven> doubtful,
      Consumer<List<Message>> ahead) {
    this.cluster = cluster;
    this.topic = topic;
    this.wanted = wanted;
    this.chronicle = chronicle;
    this.handler = handler;
    this.ahead = ahead;
    this.passedOver = new PassedOver(topic);
    this.doubtful =
        doubtful == null ? u -> passedOver.add(u.partition(), u.offset(), u.why()) : doubtful;
    this.authorship = new Authorship(house);
    this.consumer = new Clients(cluster).reader();
    this.surveyor = new Clients(cluster).reader();
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
    return open(cluster, house, topic, from, wanted, chronicle, handler, null);
  }

  /**
   * As above.
   *
   * @param doubtful is given what nobody enrolled now has signed, in place of a line in the log
   */
  public static TopicTail open(
      Cluster cluster,
      HouseId house,
      String topic,
      From from,
      Predicate<String> wanted,
      Chronicle<?> chronicle,
      Consumer<Received> handler,
      Consumer<Unproven> doubtful) {
    return open(cluster, house, topic, from, wanted, chronicle, handler, doubtful, null);
  }

  /**
   * As above, for a topic whose records hold more to verify than their signatures.
   *
   * @param ahead is given what is handed on next where much comes at once, to verify more of it;
   *     null for nobody
   */
  public static TopicTail open(
      Cluster cluster,
      HouseId house,
      String topic,
      From from,
      Predicate<String> wanted,
      Chronicle<?> chronicle,
      Consumer<Received> handler,
      Consumer<Unproven> doubtful,
      Consumer<List<Message>> ahead) {
    TopicTail tail;
    try {
      tail = new TopicTail(cluster, house, topic, wanted, chronicle, handler, doubtful, ahead);
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
      case From.Start _ -> consumer.seekToBeginning(partitions);
      case From.Since since -> seek(since.at());
      case From.Now _ -> consumer.seekToEnd(partitions);
      case From.At at -> {
        consumer.seekToBeginning(partitions);
        partitions.stream()
            .filter(p -> at.next().containsKey(p.partition()))
            .forEach(p -> consumer.seek(p, at.next().get(p.partition())));
      }
    }
    // Now, not when it is first read.
    long start = partitions.stream().mapToLong(consumer::position).sum();
    long end = consumer.endOffsets(partitions).values().stream().mapToLong(e -> e).sum();
    first = start;
    progress = new Progress(0, Math.max(0, end - start));
  }

  private void seek(Instant at) {
    var wanted = new HashMap<TopicPartition, Long>();
    partitions.forEach(p -> wanted.put(p, at.toEpochMilli()));
    Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    partitions.forEach(
        p -> consumer.seek(p, found.get(p) == null ? ends.get(p) : found.get(p).offset()));
  }

  /**
   * Completes once everything that the topic holds now has been handed on.
   *
   * @return the end offsets at the moment of the call, up to which was read
   * @throws BrokerUnreachable if it does not say where the topic ends
   * @throws TopicMissing if there is none any more
   */
  public CompletableFuture<List<TopicOffset>> caughtUp() {
    return caughtUp(cluster.patience());
  }

  /**
   * The same, for those who cannot wait as long as a broker may take.
   *
   * @param most how long the broker may take to say where the topic ends, and as long again to say
   *     whether there is one
   */
  public CompletableFuture<List<TopicOffset>> caughtUp(Duration most) {
    var reached = new CompletableFuture<List<TopicOffset>>();
    synchronized (surveyor) {
      if (closing) {
        return CompletableFuture.failedFuture(closed());
      }
      awaited.add(new Await(ends(most), reached));
    }
    consumer.wakeup();
    if (!thread.isAlive()) {
      abandon();
    }
    return reached;
  }

  private Map<TopicPartition, Long> ends(Duration most) {
    try {
      return surveyor.endOffsets(partitions, most);
    } catch (KafkaException e) {
      throw isMissing(most)
          ? new TopicMissing(cluster.named(topic), e)
          : new BrokerUnreachable(cluster, e);
    }
  }

  private boolean isMissing(Duration most) {
    try {
      return surveyor.partitionsFor(cluster.named(topic), most).isEmpty();
    } catch (KafkaException e) {
      return false;
    }
  }

  private void run() {
    while (!closing) {
      try {
        read();
        awaited.removeIf(this::isOver);
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

  /** Whether its end is reached, which is said then, or nobody waits for it any more. */
  private boolean isOver(Await a) {
    return a.reached().isDone() || (reached(a.ends()) && a.reached().complete(offsets(a.ends())));
  }

  /** How far it has come. */
  public Progress progress() {
    return progress;
  }

  private void read() {
    try {
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(250));
      upToDate = false;
      long before = progress.read();
      int handed = 0;
      for (ConsumerRecord<byte[], byte[]> kafka : polled) {
        if (handed % AHEAD == 0) {
          foresee(polled, handed);
        }
        receive(kafka);
        if (++handed % COUNTED == 0) {
          progress = new Progress(before + handed, progress.total());
        }
      }
      if (!polled.isEmpty()) {
        long position = partitions.stream().mapToLong(consumer::position).sum();
        progress = new Progress(position - first, progress.total());
      }
    } catch (WakeupException e) {
      // Somebody waits for what may have been read already, or this ends.
    }
  }

  /** What comes in bulk is verified on all processors, some hundreds at a time. */
  private void foresee(ConsumerRecords<byte[], byte[]> polled, int from) {
    if (polled.count() - from < FEW) {
      return;
    }
    List<Message> next =
        StreamSupport.stream(polled.spliterator(), false)
            .skip(from)
            .limit(AHEAD)
            .flatMap(this::readable)
            .filter(message -> wanted.test(message.key()))
            .toList();
    authorship.foreseeAll(next, chronicle::author);
    if (ahead != null) {
      ahead.accept(next);
    }
  }

  private Stream<Message> readable(ConsumerRecord<byte[], byte[]> kafka) {
    try {
      return Stream.of(KafkaRecords.message(topic, kafka));
    } catch (RuntimeException e) {
      // Told when it is received.
      return Stream.empty();
    }
  }

  private List<TopicOffset> offsets(Map<TopicPartition, Long> ends) {
    return partitions.stream()
        .map(p -> new TopicOffset(topic, p.partition(), ends.get(p)))
        .toList();
  }

  private boolean reached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
  }

  private void receive(ConsumerRecord<byte[], byte[]> kafka) {
    try {
      Message message = KafkaRecords.message(topic, kafka);
      if (wanted.test(message.key())) {
        receive(message, kafka);
      }
    } catch (ForgedRecord | UnreadableRecord e) {
      passedOver.add(kafka.partition(), kafka.offset(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("{}, offset {}: what was read could not be used", topic, kafka.offset(), e);
    }
  }

  private void receive(Message message, ConsumerRecord<byte[], byte[]> kafka) {
    Instant written = Instant.ofEpochMilli(kafka.timestamp());
    KnownAuthor author;
    try {
      author = author(message);
    } catch (ForgedRecord e) {
      doubtful.accept(
          new Unproven(message, kafka.partition(), kafka.offset(), written, e.getMessage()));
      return;
    }
    handler.accept(new Received(message, author, kafka.partition(), kafka.offset(), written));
  }

  private KnownAuthor author(Message message) {
    AuthorName name = authorship.claimedAuthor(message);
    if (chronicle.author(name).isEmpty()) {
      awaitAuthor(name);
    }
    return authorship.check(message, chronicle::author);
  }

  /**
   * Somebody just enrolled may write before this instance has read of it. Asked once for what was
   * fetched together, whatever names stand in it: their enrolments were in the log before.
   */
  private void awaitAuthor(AuthorName name) {
    long head = chronicle.now().head().sequence();
    Long seenAt = strangers.get(name);
    if (upToDate || (seenAt != null && seenAt == head)) {
      return;
    }
    upToDate = true;
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

  private IllegalStateException closed() {
    return new IllegalStateException("the tail of " + cluster.named(topic) + " is closed");
  }

  private void abandon() {
    for (var one = awaited.poll(); one != null; one = awaited.poll()) {
      one.reached().completeExceptionally(closed());
    }
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
    synchronized (surveyor) {
      surveyor.close(CloseOptions.timeout(Duration.ZERO));
    }
  }
}
