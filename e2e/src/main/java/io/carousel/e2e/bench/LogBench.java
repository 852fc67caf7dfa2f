package io.carousel.e2e.bench;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.topics.Topic;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.ControlLog;
import io.carousel.orchestrator.log.Draft;
import io.carousel.orchestrator.log.LogConfig;
import io.carousel.orchestrator.log.LogReader;
import io.carousel.orchestrator.log.Proposal;
import io.carousel.orchestrator.log.Standing;
import io.carousel.orchestrator.log.TopicSetup;
import io.carousel.orchestrator.log.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.LongStream;

/**
 * One append (the owner's full transaction), many appends at once, many acts at once (the whole way
 * from who asks to the reply), and a replay, each beside what Kafka alone does.
 */
public final class LogBench implements Callable<List<Figure>>, Watcher {
  private static final int OUTSTANDING = 256;
  private static final Duration SINGLES_WARM_UP = Duration.ofSeconds(4);
  private static final Duration SINGLES = Duration.ofSeconds(6);
  private static final Duration GROUP_WARM_UP = Duration.ofSeconds(15);
  private static final Duration GROUP = Duration.ofSeconds(5);
  private static final int REPLAYS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The sizes of the records of one of the owner's transactions, as measured. */
  private static final List<BareKafka.Part> FOUR_PARTS =
      List.of(
          new BareKafka.Part(Topic.EVENTS.topicName(), 1_000),
          new BareKafka.Part(Topic.REPLIES.topicName(), 700),
          new BareKafka.Part(Topic.KEYS.of(new SlotName("bench")), 700));

  private static final List<BareKafka.Part> EVENT_AND_REPLY = FOUR_PARTS.subList(0, 2);
  private static final List<BareKafka.Part> EVENT = FOUR_PARTS.subList(0, 1);

  private final SecureRandom random = new SecureRandom();
  private final BenchRules rules = new BenchRules();
  private final Consumer<String> progress;

  /** Says what it does, as it does it. */
  public LogBench(Consumer<String> progress) {
    this.progress = progress;
  }

  @Override
  public List<Figure> call() throws IOException {
    Path folder = Files.createTempDirectory("carousel-bench");
    try (EmbeddedBroker broker = EmbeddedBroker.on(folder.resolve("kafka"))) {
      broker.start();
      Cluster ours = Cluster.local(broker.bootstrap());
      Cluster bare = ours.under("bare.");
      TopicSetup.ensure(ours, List.of(new SlotName("bench")));
      TopicSetup.ensure(bare, List.of(new SlotName("bench")));
      return measure(ours, bare, folder);
    } finally {
      delete(folder);
    }
  }

  private List<Figure> measure(Cluster ours, Cluster bare, Path folder) {
    var author = new Author(new HouseId("0".repeat(32)), new AuthorName("bench"), Author.newKey());
    var figures = new ArrayList<Figure>();
    try (var log = open(ours, folder, author);
        var acts = new ActSender(ours, author, log.chronicle());
        var kafka = new BareKafka(bare)) {
      progress.accept("appending one by one");
      figures.add(single(acts, kafka));
      progress.accept("appending with %d outstanding".formatted(OUTSTANDING));
      figures.add(group("append.group", i -> append(log, i), kafka, EVENT));
      progress.accept("asking with %d acts outstanding".formatted(OUTSTANDING));
      figures.add(group("acts.group", i -> ask(acts, i), kafka, EVENT_AND_REPLY));
    }
    progress.accept("replaying");
    figures.add(replay(ours));
    return figures;
  }

  private ControlLog<Long> open(Cluster cluster, Path folder, Author author) {
    var config =
        new LogConfig(
            cluster,
            folder.resolve("instance"),
            Optional.of(1),
            Optional.empty(),
            1,
            LogConfig.Pace.DEFAULT);
    var log = ControlLog.open(config, author, rules, Optional.empty(), this);
    while (log.standing() != Standing.OWNER) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    return log;
  }

  /** The owner's and the bare transactions take turns, so that both meet the same machine. */
  private Figure single(ActSender acts, BareKafka kafka) {
    rules.fourParts(true);
    turns(acts, kafka, SINGLES_WARM_UP);
    List<Pair> pairs = turns(acts, kafka, SINGLES);
    rules.fourParts(false);
    return Figure.of(
        "append.single",
        median(pairs.stream().mapToLong(Pair::ours)) / 1e6,
        "ms",
        median(pairs.stream().mapToLong(Pair::bare)) / 1e6);
  }

  /** Nanoseconds of a transaction each. */
  private record Pair(long ours, long bare) {}

  private List<Pair> turns(ActSender acts, BareKafka kafka, Duration time) {
    var pairs = new ArrayList<Pair>();
    long began = System.nanoTime();
    while (System.nanoTime() - began < time.toNanos()) {
      ask(acts, pairs.size()).join();
      pairs.add(new Pair(rules.lastNanos(), kafka.transaction(FOUR_PARTS, 1)));
    }
    return pairs;
  }

  private static double median(LongStream values) {
    long[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private Figure group(
      String name,
      IntFunction<CompletableFuture<?>> one,
      BareKafka kafka,
      List<BareKafka.Part> parts) {
    perSecond(one, GROUP_WARM_UP);
    double ours = perSecond(one, GROUP);
    long began = System.nanoTime();
    long written = 0;
    while (System.nanoTime() - began < GROUP.toNanos() / 2) {
      kafka.transaction(parts, OUTSTANDING);
      written += OUTSTANDING;
    }
    return Figure.of(name, ours, "1/s", written * 1e9 / (System.nanoTime() - began));
  }

  /** Keeps so many outstanding all the time; how many are done in a second. */
  private static double perSecond(IntFunction<CompletableFuture<?>> one, Duration time) {
    var outstanding = new Semaphore(OUTSTANDING);
    var fault = new AtomicReference<Throwable>();
    long began = System.nanoTime();
    int asked = 0;
    while (System.nanoTime() - began < time.toNanos() && fault.get() == null) {
      outstanding.acquireUninterruptibly();
      var _ =
          one.apply(asked++)
              .whenComplete((done, e) -> {
                if (e != null) {
                  fault.set(e);
                }
                outstanding.release();
              });
    }
    outstanding.acquireUninterruptibly(OUTSTANDING);
    if (fault.get() != null) {
      throw new IllegalStateException("one of them failed", fault.get());
    }
    return asked * 1e9 / (System.nanoTime() - began);
  }

  /** As Axon appends: in the owner's own process, by no act. */
  private static CompletableFuture<Long> append(ControlLog<Long> log, int i) {
    var event =
        new HouseEvent.SlotRegistered(
            new SlotName("s" + i),
            "softhsm",
            "nobody in particular",
            "bench",
            Instant.now().truncatedTo(ChronoUnit.MILLIS));
    return log.propose(new Proposal(List.of(Draft.of(event)), Long.MAX_VALUE, e -> false));
  }

  private CompletableFuture<Reply> ask(ActSender acts, int i) {
    byte[] entropy = new byte[10];
    random.nextBytes(entropy);
    return acts.ask(
        CommandId.of(Instant.now(), entropy),
        new OperatorAct.RegisterSlot(
            new SlotName("s" + i), "softhsm", "nobody in particular", "bench"),
        PATIENCE);
  }

  /** The best of several each, in turns: the first readings warm the machine up. */
  private static Figure replay(Cluster cluster) {
    double ours = 0;
    double bare = 0;
    for (int i = 0; i < REPLAYS; i++) {
      var read = LogReader.replay(cluster, Optional.empty(), new BenchRules());
      ours = Math.max(ours, read.perSecond());
      bare = Math.max(bare, BareKafka.read(cluster, read.head().sequence()));
    }
    return Figure.of("replay", ours, "1/s", bare);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public void impossible(ImpossibleHistory history) {
    throw history;
  }

  @Override
  public void failed(Throwable cause) {
    throw new IllegalStateException(cause);
  }
}
