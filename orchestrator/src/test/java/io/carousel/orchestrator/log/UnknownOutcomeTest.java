package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.CommandId;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseEvent.SlotRegistered;
import io.carousel.events.HouseEvent.TermStarted;
import io.carousel.events.Reply;
import io.carousel.events.SlotName;
import io.carousel.events.testing.Broker;
import io.carousel.orchestrator.log.LossyLink.Loss;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A commit of which the owner hears nothing: whether the broker carried it out, only the log can
 * say, and only once nobody can carry it out any more.
 */
class UnknownOutcomeTest {
  /** What a network loses is given up soon here. */
  private static final Map<String, String> IMPATIENT =
      Map.of("request.timeout.ms", "700", "delivery.timeout.ms", "1000", "max.block.ms", "1000");

  private static LossyLink link;
  private static Broker broker;

  private TestHouse house;

  @BeforeAll
  static void connect() {
    link = new LossyLink();
    broker = Broker.fresh(Map.of("advertised.listeners", "PLAINTEXT://" + link.address()));
    link.leadTo(broker.bootstrap());
  }

  @AfterAll
  static void disconnect() {
    broker.close();
    link.close();
  }

  @BeforeEach
  void open() {
    house =
        new TestHouse(
            new Cluster(link.address(), IMPATIENT, "", (short) 1, Duration.ofSeconds(15)));
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void anActThatWasCommittedAfterAllIsNotDecidedAgain() {
    var owner = house.founder();
    CommandId id = TestHouse.newId();
    link.lose(Loss.ANSWER);
    Reply reply = owner.ask(id, TestHouse.registration("a"));
    assertThat(reply).isEqualTo(new Reply.Accepted(id, 3));
    // The reply stood in the same transaction, and may be here before the owner knows.
    owner.inTerm(2);
    assertThat(link.lost()).isPositive();
    assertThat(events())
        .containsExactly(Founded.class, TermStarted.class, SlotRegistered.class, TermStarted.class);
    assertThat(owner.rules.judged).hasSize(1);
    assertThat(owner.rules.verdicts.remove().durable()).isCompletedWithValue(reply);
    assertThat(owner.ask(id, TestHouse.registration("a"))).isEqualTo(reply);
    assertThat(owner.chronicle().now().head().sequence()).isEqualTo(4);
    oneProducerIsLeft();
  }

  @Test
  void anActThatWasNotCommittedIsDecidedAgain() {
    var owner = house.founder();
    CommandId id = TestHouse.newId();
    link.lose(Loss.COMMIT);
    Reply reply = owner.ask(id, TestHouse.registration("a"));
    assertThat(reply).isEqualTo(new Reply.Accepted(id, 4));
    assertThat(link.lost()).isPositive();
    assertThat(events())
        .containsExactly(Founded.class, TermStarted.class, TermStarted.class, SlotRegistered.class);
    assertThat(owner.chronicle().now().state()).containsExactly("a");
    assertThat(owner.rules.judged).hasSize(2);
    assertThatThrownBy(owner.rules.verdicts.remove().durable()::join)
        .hasCauseInstanceOf(NotCommitted.class);
    assertThat(owner.rules.verdicts.remove().durable())
        .succeedsWithin(TestHouse.PATIENCE)
        .isEqualTo(reply);
    assertThat(owner.ask(id, TestHouse.registration("a"))).isEqualTo(reply);
    assertThat(owner.chronicle().now().head().sequence()).isEqualTo(4);
    oneProducerIsLeft();
  }

  @Test
  void aCommitThatArrivesAfterTheFenceCommitsNothing() throws Exception {
    var owner = house.founder();
    link.lose(Loss.COMMIT);
    Reply reply = owner.register("a");
    var before = house.replayed();
    assertThat(link.deliverLate()).isIn(Errors.INVALID_PRODUCER_EPOCH, Errors.PRODUCER_FENCED);
    assertThat(house.replayed()).isEqualTo(before).hasSize(4);
    assertThat(reply).isInstanceOf(Reply.Accepted.class);
    assertThat(owner.register("b")).isInstanceOf(Reply.Accepted.class);
    assertThat(owner.chronicle().now().state()).containsExactly("a", "b");
  }

  @Test
  void whoProposedHearsThatItWasCommittedAfterAll() {
    var owner = house.founder();
    link.lose(Loss.ANSWER);
    assertThat(propose(owner)).succeedsWithin(TestHouse.PATIENCE).isEqualTo(3L);
    assertThat(events())
        .containsExactly(Founded.class, TermStarted.class, SlotRegistered.class, TermStarted.class);
  }

  @Test
  void whoProposedHearsThatItWasNotCommitted() {
    var owner = house.founder();
    link.lose(Loss.COMMIT);
    assertThat(propose(owner))
        .failsWithin(TestHouse.PATIENCE)
        .withThrowableThat()
        .withCauseInstanceOf(NotCommitted.class);
    assertThat(events()).containsExactly(Founded.class, TermStarted.class, TermStarted.class);
    assertThat(owner.chronicle().now().state()).isEmpty();
  }

  @Test
  void aHouseIsFoundedOnceThoughItsFounderHeardNothing() {
    link.lose(Loss.ANSWER);
    house.founder();
    assertThat(events()).containsExactly(Founded.class, TermStarted.class, TermStarted.class);
  }

  @Test
  void aFoundingThatNeverArrivedIsMadeAgain() {
    link.lose(Loss.COMMIT);
    house.founder();
    assertThat(link.lost()).isPositive();
    assertThat(events()).containsExactly(Founded.class, TermStarted.class);
  }

  private List<Class<? extends Event>> events() {
    return house.replayed().stream()
        .<Class<? extends Event>>map(e -> e.event().getClass())
        .toList();
  }

  private CompletableFuture<Long> propose(TestHouse.Instance owner) {
    var event = new HouseEvent.SlotRegistered(new SlotName("a"), "m", "c", "op", Instant.now());
    return owner.log.propose(new Proposal(List.of(Draft.of(event)), Long.MAX_VALUE, e -> false));
  }

  /** Each has a thread of its own, named after its transactions. */
  private void oneProducerIsLeft() {
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> t.getName().startsWith("kafka-producer-network-thread"))
                    .filter(t -> t.getName().endsWith("carousel-owner-" + house.id))
                    .count(),
            count -> count == 1);
  }
}
