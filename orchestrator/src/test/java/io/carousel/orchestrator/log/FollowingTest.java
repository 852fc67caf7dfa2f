package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.Act;
import io.carousel.events.CommandId;
import io.carousel.events.Reply;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FollowingTest {
  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  private static void registerMany(TestHouse.Instance through, int count) {
    List<CompletableFuture<Reply>> replies =
        IntStream.range(0, count)
            .mapToObj(i ->
                through
                    .sender()
                    .ask(TestHouse.newId(), TestHouse.registration("s" + i), TestHouse.PATIENCE))
            .toList();
    replies.forEach(CompletableFuture::join);
  }

  private LogConfig.Pace pace(int recent, int snapshotEvery) {
    LogConfig.Pace d = LogConfig.Pace.DEFAULT;
    return new LogConfig.Pace(
        d.batchActs(),
        d.batchBytes(),
        d.actBytes(),
        recent,
        d.remembered(),
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        snapshotEvery);
  }

  @Test
  void olderEventsComeFromKafkaAgainAndAreTheSame() {
    house.pace = pace(10, 1_000_000);
    var first = house.founder();
    registerMany(first, 700);
    List<Recorded> all = house.replayed();
    var followed = new CopyOnWriteArrayList<Recorded>();
    var faults = new CopyOnWriteArrayList<Throwable>();
    try (var _ = first.chronicle().follow(1, followed::add, faults::add)) {
      Awaitility.await().until(() -> followed.size() == all.size());
      first.register("more");
      Awaitility.await().until(() -> followed.size() == all.size() + 1);
    }
    assertThat(followed.subList(0, all.size())).isEqualTo(all);
    assertThat(faults).isEmpty();
    assertThat(first.chronicle().read(300, 5)).isEqualTo(all.subList(299, 304));
    assertThat(first.chronicle().read(all.size() - 3, 2))
        .isEqualTo(all.subList(all.size() - 4, all.size() - 2));
  }

  @Test
  void aSnapshotSavesReplaying() {
    house.pace = pace(10, 100);
    var first = house.founder();
    registerMany(first, 300);
    CommandId id = TestHouse.newId();
    Reply refused = first.ask(id, TestHouse.registration("s1"));
    first.close();
    var again = house.start("first", false, Cuts.NONE).owning();
    assertThat(again.rules.evolved.get()).isLessThan(10);
    assertThat(again.chronicle().now().state()).hasSize(300);
    assertThat(again.ask(id, TestHouse.registration("s1"))).isEqualTo(refused);
    assertThat(again.chronicle().read(1, 5)).isEqualTo(house.replayed().subList(0, 5));
  }

  @Test
  void aSpoiledSnapshotIsIgnored() throws IOException {
    house.pace = pace(10, 100);
    var first = house.founder();
    registerMany(first, 20);
    first.close();
    Path file = house.folder.resolve("first").resolve("snapshot");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    var again = house.start("first", false, Cuts.NONE).owning();
    assertThat(again.rules.evolved.get()).isGreaterThan(20);
    assertThat(again.chronicle().now().state()).hasSize(20);
  }

  @Test
  void whatIsPendingGoesOutAgainLaterAndAfterATakeOver() {
    house.pace = pace(100, 1_000_000);
    var first = house.founder();
    first.register("busy-a");
    Awaitility.await().until(() -> house.records(keys("busy-a")).size() >= 3);
    first.close();
    int before = house.records(keys("busy-a")).size();
    house.start("first", false, Cuts.NONE).owning();
    Awaitility.await().until(() -> house.records(keys("busy-a")).size() > before);
    assertThat(house.records(keys("busy-a")).stream().map(m -> m.headers().get("ce_id")).distinct())
        .hasSize(1);
  }

  private static String keys(String slot) {
    return Topic.KEYS.of(new io.carousel.events.SlotName(slot));
  }

  @Test
  void timeIsAskedWhenItIsDue() {
    var first = house.founder();
    first.rules.due = Optional.of(Instant.now().plusMillis(300));
    first.register("a");
    Awaitility.await()
        .until(() -> first.rules.judged.stream().anyMatch(a -> a.act() instanceof Act.TimePassed));
  }

  /** As after somebody set the owner's clock: the broker's tells it. */
  @Test
  void nothingHappensByTimeAloneWhileTheClocksDisagree() {
    var ahead = new AtomicReference<>(BrokerClock.TOLERANCE.plusSeconds(1));
    house.clock = () -> Instant.now().plus(ahead.get());
    var first = house.founder();
    first.rules.due = Optional.of(Instant.now());
    first.register("a");
    Awaitility.await().until(() -> timesAsked() >= 2);
    first.register("b");
    assertThat(first.rules.judged).hasSize(2).noneMatch(a -> a.act() instanceof Act.TimePassed);
    ahead.set(Duration.ZERO);
    Awaitility.await()
        .until(() -> first.rules.judged.stream().anyMatch(a -> a.act() instanceof Act.TimePassed));
  }

  private long timesAsked() {
    return house.records(Topic.COMMANDS).stream()
        .filter(m -> m.need(Message.TYPE).startsWith("carousel.time-passed"))
        .count();
  }

  @Test
  void withoutABrokerItSaysSoAndLeavesNothingBehind() {
    Path folder = house.folder.resolve("nobody");
    Cluster nowhere = new Cluster("127.0.0.1:1", Map.of(), "", (short) 1, Duration.ofSeconds(1));
    var config =
        new LogConfig(nowhere, folder, Optional.of(1), Optional.empty(), 1, LogConfig.Pace.DEFAULT);
    assertThatThrownBy(() ->
            ControlLog.open(config, house.author("x"), new Slots(), Optional.empty(), new Silent()))
        .isInstanceOf(BrokerUnreachable.class)
        .hasMessageContaining("no Kafka broker answers at 127.0.0.1:1")
        .hasMessageContaining("start it, or correct the address");
    assertThat(folder).doesNotExist();
  }

  /**
   * As the broker keeps one for up to 20 s after its leader was killed, and a stranger's longer.
   */
  @Test
  @Timeout(60)
  void openTransactionHoldsUpNoStart() {
    var first = house.founder();
    first.register("a");
    try (var pending = new Clients(house.cluster).transactional("pending")) {
      pending.initTransactions();
      pending.beginTransaction();
      pending
          .send(
              new ProducerRecord<>(
                  house.cluster.named(Topic.EVENTS.topicName()), new byte[] {1}, new byte[] {1}))
          .get();
      first.close();
      long began = System.nanoTime();
      try (var again = house.start("first", false, Cuts.NONE)) {
        assertThat(again.chronicle().read(1, 1)).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .isLessThan(house.cluster.patience());
      }
      // It is nobody's of the house, and so the new leader has ended it.
      assertThatThrownBy(pending::abortTransaction).isInstanceOf(ProducerFencedException.class);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEmptyLogIsFoundedOnlyOnPurpose() {
    assertThatThrownBy(() -> house.start("first", false, Cuts.NONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("there is no house yet");
  }

  @Test
  void aFolderInUseIsRefused() {
    var first = house.founder();
    assertThatThrownBy(() -> house.start("first", false, Cuts.NONE))
        .hasMessageContaining(house.folder.resolve("first").toString())
        .hasMessageContaining("in use by another instance; give each its own folder");
    assertThat(first.register("a")).isInstanceOf(Reply.Accepted.class);
    assertThat(first.log.standing()).isEqualTo(Standing.OWNER);
  }

  @Test
  void tailsHandOnWhatSomebodyEnrolledSigned() {
    var first = house.founder();
    var received = new ArrayList<String>();
    try (var tail =
            TopicTail.open(
                house.cluster,
                house.id,
                Topic.FLEET.topicName(),
                new TopicTail.From.Start(),
                key -> true,
                first.chronicle(),
                r -> received.add(r.message().headers().get("ce_id")));
        var writer = new MessageWriter(house.cluster, first.author)) {
      var written =
          IntStream.range(0, 50)
              .mapToObj(i ->
                  writer.write(
                      first.author.draft(
                          Topic.FLEET.topicName(),
                          "k" + i,
                          "r" + i,
                          "carousel.time-passed.v1",
                          Instant.now(),
                          new byte[] {'{', '}'})))
              .toList();
      written.forEach(CompletableFuture::join);
      tail.caughtUp().join();
      assertThat(received).hasSize(50);
    }
  }

  @Test
  void whoCannotWaitLongHearsThatTheTopicIsGone() throws Exception {
    var first = house.founder();
    try (var tail =
            TopicTail.open(
                house.cluster,
                house.id,
                Topic.EVIDENCE.topicName(),
                new TopicTail.From.Start(),
                key -> true,
                first.chronicle(),
                r -> {});
        var admin = new Clients(house.cluster).admin()) {
      admin.deleteTopics(List.of(house.cluster.named(Topic.EVIDENCE.topicName()))).all().get();

      assertThatThrownBy(() -> tail.caughtUp(Duration.ofMillis(500)))
          .isInstanceOf(TopicMissing.class)
          .hasMessageContaining(house.cluster.named(Topic.EVIDENCE.topicName()));
    }
  }

  @Test
  void batchesWithoutKeysTakeTurnsAmongPartitions() {
    var first = house.founder();
    var partitions = new TreeSet<Integer>();
    try (var tail =
            TopicTail.open(
                house.cluster,
                house.id,
                Topic.FLEET.topicName(),
                new TopicTail.From.Start(),
                key -> key == null,
                first.chronicle(),
                r -> partitions.add(r.partition()));
        var writer = new MessageWriter(house.cluster, first.author)) {
      for (int i = 0; i < Topic.FLEET.partitions(); i++) {
        // One after the other: a batch each.
        writer
            .write(
                first.author.draft(
                    Topic.FLEET.topicName(),
                    null,
                    "alone" + i,
                    "carousel.time-passed.v1",
                    Instant.now(),
                    new byte[] {'{', '}'}))
            .join();
      }
      tail.caughtUp().join();
      assertThat(partitions).hasSize(Topic.FLEET.partitions());
    }
  }

  private static final class Silent implements Watcher {
    @Override
    public void impossible(io.carousel.events.seal.ImpossibleHistory history) {}

    @Override
    public void failed(Throwable cause) {}
  }
}
