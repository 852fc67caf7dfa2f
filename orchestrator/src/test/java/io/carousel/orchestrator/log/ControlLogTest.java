package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlLogTest {
  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void foundsTheHouseAndBeginsATerm() {
    var first = house.founder();
    assertThat(house.replayed().stream().map(Recorded::event))
        .satisfiesExactly(
            e -> assertThat(e).isInstanceOf(HouseEvent.Founded.class),
            e ->
                assertThat(e)
                    .isInstanceOfSatisfying(
                        HouseEvent.TermStarted.class,
                        t -> {
                          assertThat(t.term()).isEqualTo(1);
                          assertThat(t.owner()).isEqualTo(first.author.name());
                          assertThat(t.position()).isZero();
                        }));
    assertThat(first.chronicle().now().head())
        .isEqualTo(new io.carousel.events.seal.Head(2, house.replayed().getLast().hash()));
  }

  @Test
  void decidesActsInTheirOrderAndReplaysToTheSame() {
    var first = house.founder();
    List<CompletableFuture<Reply>> replies =
        IntStream.range(0, 300)
            .mapToObj(i ->
                first
                    .sender()
                    .ask(TestHouse.newId(), TestHouse.registration("s" + i), TestHouse.PATIENCE))
            .toList();
    replies.forEach(r -> assertThat(r.join()).isInstanceOf(Reply.Accepted.class));
    assertThat(first.chronicle().now().state())
        .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "s" + i).toList());
    List<Recorded> replayed = house.replayed();
    assertThat(replayed).isEqualTo(first.chronicle().read(1, 1_000)).hasSize(302);
    assertThat(replayed.getLast().position()).isEqualTo(300);
  }

  @Test
  void refusesOnceAndRepeatsTheRefusal() {
    var first = house.founder();
    first.register("a");
    CommandId id = TestHouse.newId();
    Reply refused = first.ask(id, TestHouse.registration("a"));
    assertThat(refused)
        .isInstanceOfSatisfying(
            Reply.Refused.class, r -> assertThat(r.code()).isEqualTo("slot-exists"));
    long head = first.chronicle().now().head().sequence();
    assertThat(first.ask(id, TestHouse.registration("a"))).isEqualTo(refused);
    assertThat(first.chronicle().now().head().sequence()).isEqualTo(head);
  }

  @Test
  void anIdWithAnotherBodyIsRefusedAndTheFirstKeepsItsOutcome() {
    var first = house.founder();
    CommandId id = TestHouse.newId();
    Reply accepted = first.ask(id, TestHouse.registration("a"));
    assertThat(first.ask(id, TestHouse.registration("b")))
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            r -> {
              assertThat(r.code()).isEqualTo("command-id-reused");
              assertThat(r.reason())
                  .contains(id + " was asked before with another content")
                  .contains("ask anew under an id of its own");
            });
    assertThat(first.ask(id, TestHouse.registration("a"))).isEqualTo(accepted);
    assertThat(first.chronicle().now().state()).containsExactly("a");
  }

  @Test
  void aFaultOfTheRulesRefusesTheActAndTheLogGoesOn() {
    var first = house.founder();
    Reply reply =
        first.ask(
            TestHouse.newId(), new OperatorAct.RegisterSlot(new SlotName("x"), "m", "fault", "op"));
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class, r -> assertThat(r.code()).isEqualTo("rules-failed"));
    assertThat(first.register("y")).isInstanceOf(Reply.Accepted.class);
  }

  @Test
  void timeNeverGoesBackInWhatAnOwnerWrites() {
    var first = house.founder();
    Instant ahead = first.chronicle().now().at().plus(Duration.ofHours(1));
    assertThat(first.log.propose(raised(ahead)).join()).isEqualTo(3);
    assertThat(first.register("a")).isInstanceOf(Reply.Accepted.class);
    // Nothing set the time back but the event that says so.
    assertThat(house.replayed())
        .filteredOn(e -> e.event() instanceof HouseEvent.TimeSetBack)
        .singleElement()
        .satisfies(e -> assertThat(((HouseEvent.TimeSetBack) e.event()).from()).isEqualTo(ahead));
    Instant now = first.chronicle().now().at();
    assertThat(first.log.propose(raised(now.minusSeconds(60))))
        .failsWithin(TestHouse.PATIENCE)
        .withThrowableThat()
        .withMessageContaining("time never goes back");
    assertThat(first.register("b")).isInstanceOf(Reply.Accepted.class);
    assertThat(first.chronicle().now().state()).containsExactly("a", "b");
  }

  private static Proposal raised(Instant at) {
    var event = new HouseEvent.FeatureLevelRaised(1, "op", at);
    return new Proposal(List.of(Draft.of(event)), Long.MAX_VALUE, e -> false);
  }
}
