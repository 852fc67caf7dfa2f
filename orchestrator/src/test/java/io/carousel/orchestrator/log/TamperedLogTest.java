package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.carousel.events.AuthorName;
import io.carousel.events.HouseEvent;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Whoever can write to Kafka can stop an instance, and make none believe anything. */
@TestInstance(Lifecycle.PER_CLASS)
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
    assertThat(fault).hasMessageContaining("the signature of author 'first' does not hold");
  }

  @Test
  void anotherTimeInAHeader() {
    var fault =
        opening(log -> {
          log.set(4, log.get(4).with(Message.TIME, "2020-01-01T00:00:00Z"));
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(5);
    assertThat(fault).hasMessageContaining("does not hold");
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
  void aDuplicatedRecord() {
    var fault =
        opening(log -> {
          log.add(5, log.get(4));
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(6);
    assertThat(fault).hasMessageContaining("record 5 stands there again");
  }

  @Test
  void swappedRecords() {
    var fault =
        opening(log -> {
          Collections.swap(log, 4, 5);
          return log;
        });
    assertThat(fault.sequence()).isEqualTo(5);
  }

  @Test
  void aRecordOfAStrangerUnderAnEnrolledName() {
    var fault = opening(log -> append(log, new Author(house.id, name("first"), Author.newKey())));
    assertThat(fault.sequence()).isEqualTo(genuine.size() + 1);
    assertThat(fault).hasMessageContaining("the signature of author 'first' does not hold");
  }

  @Test
  void aRecordOfAStranger() {
    var fault = opening(log -> append(log, new Author(house.id, name("mallory"), Author.newKey())));
    assertThat(fault.sequence()).isEqualTo(genuine.size() + 1);
    assertThat(fault).hasMessageContaining("author 'mallory' is not enrolled");
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
  void aForgeryUnderARunningOwnerStopsEverybody() {
    try (var copy = house.elsewhere()) {
      copy.write(genuine);
      var owner = copy.start("first", false, Cuts.NONE).owning();
      var standby = copy.join("second", owner);
      var forged =
          append(
              copy.records(Topic.EVENTS), new Author(house.id, name("mallory"), Author.newKey()));
      copy.write(List.of(forged.getLast()));
      long bad = forged.size();
      assertThat(
              standby
                  .impossible
                  .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                  .join()
                  .sequence())
          .isEqualTo(bad);
      var _ =
          owner
              .sender()
              .ask(TestHouse.newId(), TestHouse.registration("after"), TestHouse.PATIENCE);
      assertThat(
              owner
                  .impossible
                  .orTimeout(20, java.util.concurrent.TimeUnit.SECONDS)
                  .join()
                  .sequence())
          .isEqualTo(bad);
      Awaitility.await().until(() -> owner.log.standing() == Standing.STOPPED);
      assertThat(owner.chronicle().now().head().sequence()).isEqualTo(bad - 1);
    }
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
