package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carousel.events.AuthorName;
import io.carousel.events.HouseEvent;
import io.carousel.events.Reply;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Placed;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/**
 * Whoever can write to Kafka makes no instance believe anything, and stops none. Whoever can delete
 * there, or has an orchestrator's key, stops them all, and is named.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TamperedLogTest {
  private final TestHouse house = new TestHouse();
  private List<Message> genuine;

  @BeforeAll
  void writeALog() {
    try (var first = house.founder()) {
      for (int i = 0; i < 6; i++) {
        first.register("s" + i);
      }
    }
    genuine = house.records(Topic.EVENTS);
  }

  @AfterAll
  void close() {
    house.close();
  }

  @Test
  void aCopyAsItIsServesLikeTheOriginal() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      copy.start("first", false, Cuts.NONE).owning();
      assertThat(copy.replayed()).hasSize(genuine.size() + 1);
    }
  }

  @Test
  void aFlippedByteInAValue() {
    var fault =
        opening(log -> {
          byte[] value = log.get(4).value().clone();
          value[value.length / 2] ^= 1;
          Message was = log.get(4);
          log.set(4, new Message(was.topic(), was.key(), was.headers(), value));
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(5);
    assertThat(fault).hasMessageContaining("it is missing; the next one there is 6");
  }

  @Test
  void anotherTimeInAHeader() {
    var fault =
        opening(log -> {
          log.set(4, log.get(4).with(Message.TIME, "2020-01-01T00:00:00Z"));
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(5);
    assertThat(fault).hasMessageContaining("it is missing; the next one there is 6");
  }

  @Test
  void aTimeThatGoesBackUnderAnEnrolledKey() {
    var fault = opening(log -> append(log, house.author("first"), Instant.EPOCH));
    assertThat(fault.sequence()).isEqualTo(genuine.size() + 1);
    assertThat(fault).hasMessageContaining("time never goes back");
  }

  @Test
  void aMissingRecord() {
    var fault =
        opening(log -> {
          log.remove(4);
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(5);
    assertThat(fault).hasMessageContaining("it is missing; the next one there is 6");
  }

  @Test
  void repeatedRecordsArePassedOver() {
    var tampered = new ArrayList<Message>();
    for (int i = 0; i < genuine.size(); i++) {
      tampered.add(genuine.get(i));
      tampered.add(genuine.get(i / 2));
    }
    passedOver(tampered, genuine.size(), Placed.Kind.REPEATED);
  }

  @Test
  void swappedRecords() {
    var fault =
        opening(log -> {
          Collections.swap(log, 4, 5);
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(6);
  }

  @Test
  void recordsOfStrangersArePassedOver() {
    var tampered = new ArrayList<Message>();
    for (int i = 0; i < genuine.size(); i++) {
      tampered.add(genuine.get(i));
      tampered.add(append(tampered.subList(0, 2 * i + 1), stranger("mallory")).getLast());
    }
    passedOver(tampered, genuine.size(), Placed.Kind.UNSIGNED);
    passedOver(append(genuine, stranger("first")), 1, Placed.Kind.UNSIGNED);
    passedOver(append(genuine, stranger("mallory")), 1, Placed.Kind.UNSIGNED);
  }

  private Author stranger(String name) {
    return new Author(house.id, name(name), Author.newKey());
  }

  /** The instance owns the log, has the same state, and names them. */
  private void passedOver(List<Message> tampered, int strays, Placed.Kind kind) {
    try (var copy = house.elsewhere()) {
      copy.write(tampered);
      var owner = copy.start("first", false, Cuts.NONE).owning();
      assertThat(owner.register("more")).isInstanceOf(Reply.Accepted.class);
      assertThat(owner.chronicle().now().state()).hasSize(7).contains("s0", "s5", "more");
      assertThat(owner.chronicle().read(1, 100)).hasSize(genuine.size() + 2);
      StrayRecords named = owner.chronicle().strays();
      assertThat(named.count()).isEqualTo(strays);
      assertThat(named.runs()).allMatch(r -> r.kind() == kind);
      assertThat(copy.replayed()).hasSize(genuine.size() + 2);
    }
  }

  @Test
  void aTailCutOff() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      copy.start("first", false, Cuts.NONE).owning().close();
      try (var cut = copy.elsewhere()) {
        cut.write(genuine.subList(0, 5));
        var fault =
            catchThrowableOfType(
                ImpossibleHistory.class,
                () ->
                    ControlLog.open(
                        copyOf(copy, cut),
                        cut.author("first"),
                        new Slots(),
                        java.util.Optional.empty(),
                        quiet()));
        assertThat(fault.sequence()).isEqualTo(6);
        assertThat(fault)
            .hasMessageContaining("this instance has seen it up to " + (genuine.size() + 1));
      }
    }
  }

  @Test
  void anotherHistoryOfTheSameAuthor() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      copy.start("first", false, Cuts.NONE).owning().close();
      try (var other = copy.elsewhere()) {
        other.write(
            append(append(new ArrayList<>(genuine), house.author("first")), house.author("first")));
        var fault =
            catchThrowableOfType(
                ImpossibleHistory.class,
                () ->
                    ControlLog.open(
                        copyOf(copy, other),
                        other.author("first"),
                        new Slots(),
                        java.util.Optional.empty(),
                        quiet()));
        assertThat(fault.sequence()).isEqualTo(genuine.size() + 1);
        assertThat(fault).hasMessageContaining("this instance has seen another record there");
      }
    }
  }

  @Test
  void strangersUnderARunningOwnerStopNobody() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      var owner = copy.start("first", false, Cuts.NONE).owning();
      var standby = copy.join("second", owner);
      long term = known(owner).term();
      for (int i = 0; i < 5; i++) {
        List<Message> log = copy.records(Topic.EVENTS);
        copy.write(List.of(append(log, stranger("mallory")).getLast(), log.get(i)));
        copy.writeRaw(Topic.EVENTS, new byte[] {(byte) i}, null);
        copy.writeRaw(Topic.EVENTS, null, new byte[900_000]);
        assertThat(owner.register("after" + i)).isInstanceOf(Reply.Accepted.class);
      }
      Awaitility.await()
          .untilAsserted(() -> {
            assertThat(standby.chronicle().now().state()).contains("after4");
            assertThat(standby.chronicle().strays().count()).isEqualTo(20);
            assertThat(owner.chronicle().strays().count()).isEqualTo(20);
          });
      assertThat(known(owner).term()).isEqualTo(term);
      assertThat(standby.chronicle().strays().runs())
          .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seen")
          .isEqualTo(owner.chronicle().strays().runs());
    }
  }

  @Test
  void aForkUnderARunningOwnerStopsEverybody() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      var owner = copy.start("first", false, Cuts.NONE).owning();
      var standby = copy.join("second", owner);
      List<Message> log = copy.records(Topic.EVENTS);
      var forked = append(log.subList(0, log.size() - 1), house.author("first"));
      copy.write(List.of(forked.getLast()));
      assertThat(stopped(standby)).hasMessageContaining("the log was forked");
      var _ =
          owner
              .sender()
              .ask(TestHouse.newId(), TestHouse.registration("after"), TestHouse.PATIENCE);
      assertThat(stopped(owner)).hasMessageContaining("the log was forked");
      Awaitility.await().until(() -> owner.log.standing() == Standing.STOPPED);
      assertThat(owner.chronicle().now().head().sequence()).isEqualTo(log.size());
    }
  }

  /** After a restart from a snapshot as well. */
  @Test
  void whatWasPassedOverIsKeptOverARestart() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      copy.write(List.of(append(genuine, stranger("mallory")).getLast()));
      var owner = copy.start("first", false, Cuts.NONE).owning();
      owner.register("more");
      copy.write(List.of(genuine.get(3)));
      owner.register("most");
      StrayRecords before = owner.chronicle().strays();
      assertThat(before.count()).isEqualTo(2);
      owner.close();
      copy.write(List.of(genuine.get(4)));
      var again = copy.start("first", false, Cuts.NONE).owning();
      assertThat(again.rules.evolved.get()).isLessThan(5);
      StrayRecords after = again.chronicle().strays();
      assertThat(after.count()).isEqualTo(3);
      assertThat(after.runs()).startsWith(before.runs().toArray(StrayRecords.Run[]::new));
      assertThat(after.runs().getLast().kind()).isEqualTo(Placed.Kind.REPEATED);
    }
  }

  /** What a leader wrote and did not commit is signed, and stands in Kafka for all to copy. */
  @Test
  void anAbortedTransactionPutBackIsNoFork() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      var owner = copy.start("first", false, Cuts.NONE).owning();
      List<Message> log = copy.records(Topic.EVENTS);
      List<Message> aborted = List.of(append(log, house.author("first")).getLast());
      owner.close();
      var next = copy.start("first", false, Cuts.NONE).owning();
      copy.write(aborted);
      assertThat(next.register("after")).isInstanceOf(Reply.Accepted.class);
      Awaitility.await().until(() -> next.chronicle().strays().count() == 1);
      assertThat(next.chronicle().strays().runs().getFirst().kind())
          .isEqualTo(Placed.Kind.GIVEN_UP);
    }
  }

  private static ImpossibleHistory stopped(TestHouse.Instance instance) {
    return instance.impossible.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static Known<?> known(TestHouse.Instance instance) {
    return ((LiveChronicle<?>) instance.log.chronicle()).known();
  }

  private ImpossibleHistory opening(UnaryOperator<List<Message>> tampering) {
    try (var copy = house.elsewhere()) {
      List<Message> tampered = tampering.apply(new ArrayList<>(genuine));
      copy.write(tampered);
      var fault =
          catchThrowableOfType(
              ImpossibleHistory.class, () -> copy.start("first", false, Cuts.NONE));
      assertThat(fault)
          .hasMessageStartingWith("the history is not possible at record " + fault.sequence());
      assertThat(copy.records(Topic.EVENTS)).hasSameSizeAs(tampered);
      return fault;
    }
  }

  /** The log with one more record that continues it in every way but who wrote it. */
  private static List<Message> append(List<Message> log, Author author) {
    return append(log, author, Instant.now());
  }

  private static List<Message> append(List<Message> log, Author author, Instant at) {
    var typed = Wire.CURRENT.write(new HouseEvent.FeatureLevelRaised(1, "mallory", at));
    Message last = log.getLast();
    Message draft =
        author.draft(
            Topic.EVENTS.topicName(),
            null,
            "forged",
            typed.type(),
            at,
            typed.value(),
            java.util.Map.of(
                Message.SEQUENCE,
                Long.toString(Long.parseLong(last.need(Message.SEQUENCE)) + 1),
                Message.PREVIOUS_HASH,
                io.carousel.events.seal.Authorship.hash(last).value(),
                Message.POSITION,
                "0",
                Message.RULE_VERSION,
                "1"));
    var longer = new ArrayList<>(log);
    longer.addAll(author.seal(List.of(draft)));
    return longer;
  }

  private static LogConfig copyOf(TestHouse folderOf, TestHouse topicsOf) {
    LogConfig config = folderOf.config("first", false);
    return new LogConfig(
        topicsOf.cluster,
        config.folder(),
        config.foundingLevel(),
        config.founder(),
        1,
        config.pace());
  }

  private static Watcher quiet() {
    return new Watcher() {
      @Override
      public void impossible(ImpossibleHistory history) {}

      @Override
      public void failed(Throwable cause) {}
    };
  }

  private static AuthorName name(String name) {
    return new AuthorName(name);
  }
}
