package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.testing.Broker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailoverTest {
  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void aStandbyTakesOverFromAKilledOwnerAndReplaysOnlyWhatIsNew() {
    var dies = new AtomicBoolean();
    var first =
        house
            .start(
                "first",
                true,
                point -> {
                  if (dies.get() && point == Cuts.Point.COMMIT) {
                    throw new Cuts.Cut(false);
                  }
                })
            .owning();
    var second = house.join("second", first);
    first.register("a");
    CommandId refusedId = TestHouse.newId();
    Reply refused = first.ask(refusedId, TestHouse.registration("a"));
    Awaitility.await().until(() -> second.chronicle().now().equals(first.chronicle().now()));
    int before = second.rules.evolved.get();
    assertThat(before).isEqualTo(first.chronicle().now().head().sequence());

    dies.set(true);
    assertThat(second.register("b")).isInstanceOf(Reply.Accepted.class);
    assertThat(second.log.standing()).isEqualTo(Standing.OWNER);
    assertThat(second.ask(refusedId, TestHouse.registration("a"))).isEqualTo(refused);
    assertThat(second.chronicle().now().state()).containsExactly("a", "b");
    // Staging evolves what the owner wrote itself; nothing was read twice.
    assertThat(second.rules.evolved.get()).isEqualTo(second.chronicle().now().head().sequence());
    assertThat(house.replayed().stream().filter(e -> e.event() instanceof HouseEvent.TermStarted))
        .hasSize(2);
  }

  /**
   * As a laptop whose lid was shut: the group has given the log away and gives it back in one poll.
   */
  @Test
  void anOwnerThatWasPausedTooLongBeginsANewTerm() {
    var paused = new AtomicBoolean();
    try (var paces =
        new TestHouse(
            new Cluster(
                Broker.shared().bootstrap(),
                Map.of("max.poll.interval.ms", "1500"),
                "",
                (short) 1,
                Duration.ofSeconds(15)))) {
      var only =
          paces
              .start(
                  "first",
                  true,
                  point -> {
                    if (point == Cuts.Point.DONE && paused.compareAndSet(true, false)) {
                      awaitLoss(paces.cluster);
                    }
                  })
              .owning();
      assertThat(only.register("a")).isInstanceOf(Reply.Accepted.class);
      paused.set(true);
      assertThat(only.register("b")).isInstanceOf(Reply.Accepted.class);
      assertThat(only.register("c")).isInstanceOf(Reply.Accepted.class);
      assertThat(paces.replayed().stream().filter(e -> e.event() instanceof HouseEvent.TermStarted))
          .hasSize(2);
    }
  }

  /** Until the group has no member any more. */
  private static void awaitLoss(Cluster cluster) {
    try (Admin admin = new Clients(cluster).admin()) {
      String group = cluster.named(Candidate.GROUP);
      Awaitility.await()
          .until(() ->
              admin
                  .describeConsumerGroups(List.of(group))
                  .all()
                  .get()
                  .get(group)
                  .members()
                  .isEmpty());
    }
  }

  @Test
  void anOwnerThatSleptIsFencedAndFollows() throws Exception {
    var asleep = new CountDownLatch(1);
    var wake = new CountDownLatch(1);
    var sleeps = new AtomicBoolean();
    var first =
        house
            .start(
                "first",
                true,
                point -> {
                  if (point == Cuts.Point.COMMIT && sleeps.compareAndSet(true, false)) {
                    asleep.countDown();
                    sleep(wake);
                  }
                })
            .owning();
    var second = house.join("second", first);
    CommandId id = TestHouse.newId();
    sleeps.set(true);
    CompletableFuture<Reply> asked =
        second.sender().ask(id, TestHouse.registration("a"), TestHouse.PATIENCE);
    assertThat(asleep.await(10, TimeUnit.SECONDS)).isTrue();
    // Its heartbeats go on; what it cannot keep is its right to write.
    try (var thief = new Clients(house.cluster).transactional("carousel-owner-" + house.id)) {
      thief.initTransactions();
    }
    wake.countDown();
    Reply reply = asked.join();
    assertThat(reply).isInstanceOf(Reply.Accepted.class);
    assertThat(house.replayed().stream().filter(e -> e.command().equals(java.util.Optional.of(id))))
        .hasSize(1);
    assertThat(first.chronicle().now().state()).containsExactly("a");
  }

  @Test
  void lostGroupOffsetsDoNoHarm() throws Exception {
    var first = house.founder();
    first.register("a");
    first.close();
    try (var admin = Admin.create(house.cluster.settings())) {
      admin
          .deleteConsumerGroups(java.util.List.of(house.cluster.named(Candidate.GROUP)))
          .all()
          .get();
    }
    var again = house.start("first", false, Cuts.NONE).owning();
    assertThat(again.register("b")).isInstanceOf(Reply.Accepted.class);
    assertThat(again.chronicle().now().state()).containsExactly("a", "b");
    assertThat(again.rules.judged).hasSize(1);
  }

  private static void sleep(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
