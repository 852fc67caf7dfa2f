package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.CommandId;
import io.carousel.events.Reply;
import io.carousel.events.topics.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What came of acts is remembered up to a number; beyond it, old ids are refused early. */
class RememberedTest {
  private static final int MOST = 10;

  private final TestHouse house = new TestHouse();
  private final Instant start = Instant.now().minus(Duration.ofMinutes(10));
  private final List<CommandId> ids =
      IntStream.range(0, 25).mapToObj(i -> TestHouse.newId(start.plusSeconds(i))).toList();

  @BeforeEach
  void rememberLittle() {
    LogConfig.Pace d = LogConfig.Pace.DEFAULT;
    house.pace =
        new LogConfig.Pace(
            d.batchActs(),
            d.batchBytes(),
            d.actBytes(),
            d.recent(),
            MOST,
            d.reissueFirst(),
            d.reissueMost(),
            d.snapshotEvery());
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void whatIsRememberedIsAnsweredTheSameAndWhatIsNotIsRefused() {
    var owner = house.founder();
    List<Reply> replies = IntStream.range(0, ids.size()).mapToObj(i -> ask(owner, i)).toList();
    assertThat(replies).allMatch(Reply.Accepted.class::isInstance);
    assertThat(memory(owner).outcomes())
        .extracting(Outcome::command)
        .isEqualTo(ids.subList(15, 25));
    long head = owner.chronicle().now().head().sequence();
    for (int i = 15; i < 25; i++) {
      assertThat(ask(owner, i)).isEqualTo(replies.get(i));
    }
    assertThat(owner.chronicle().now().head().sequence()).isEqualTo(head);

    var judged = owner.rules.judged.size();
    assertThat(ask(owner, 14))
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            r -> {
              assertThat(r.code()).isEqualTo("command-too-old");
              assertThat(r.reason())
                  .contains("older than all that are remembered")
                  .contains("look at the state, then ask anew");
            });
    assertThat(owner.rules.judged).hasSize(judged);
    assertThat(owner.chronicle().now().state()).hasSize(25);
    assertThat(memory(owner).outcomes()).hasSize(MOST);
    assertThat(owner.register("more")).isInstanceOf(Reply.Accepted.class);
  }

  @Test
  void aReplayAndASnapshotRememberTheSame() throws IOException {
    var first = house.founder();
    List<Reply> replies = IntStream.range(0, ids.size()).mapToObj(i -> ask(first, i)).toList();
    Outcomes.Memory memory = memory(first);
    assertThat(memory.outcomes()).hasSize(MOST);
    first.close();

    var restored = house.start("first", false, Cuts.NONE).owning();
    assertThat(restored.rules.evolved.get()).isLessThan(5);
    assertThat(memory(restored)).isEqualTo(memory);
    restored.close();

    Files.delete(house.folder.resolve("first").resolve("snapshot"));
    var replayed = house.start("first", false, Cuts.NONE).owning();
    assertThat(replayed.rules.evolved.get()).isGreaterThan(25);
    assertThat(memory(replayed)).isEqualTo(memory);
    assertThat(ask(replayed, 20)).isEqualTo(replies.get(20));
    assertThat(ask(replayed, 3)).isInstanceOf(Reply.Refused.class);
    assertThat(replayed.chronicle().now().state()).hasSize(25);
  }

  /** Whatever times the ids of an excursion claim, those after it are decided. */
  @Test
  void idsFromAnyTimeShutNobodyOut() {
    var owner = house.founder();
    int slot = 0;
    for (int days : new int[] {0, 30, 365, 0, -30, 0, 30, 0}) {
      for (int i = 0; i < 12; i++) {
        CommandId id = TestHouse.newId(Instant.now().plus(Duration.ofDays(days)));
        Reply reply = owner.ask(id, TestHouse.registration("s" + slot));
        if (i > 0) {
          assertThat(reply).as("%d days, %d", days, i).isInstanceOf(Reply.Accepted.class);
        }
        slot++;
      }
    }
  }

  /** An exact copy of a record is decided once, however long ago it was forgotten. */
  @Test
  void aForgottenRecordThatIsPutBackIsNotDecidedAgain() {
    var owner = house.founder();
    for (int i = 0; i < 25; i++) {
      ask(owner, i);
    }
    int judged = owner.rules.judged.size();
    house.write(house.records(Topic.COMMANDS));
    owner.register("after");
    assertThat(owner.rules.judged).hasSize(judged + 1);
    assertThat(owner.chronicle().now().state()).hasSize(26);
  }

  private Reply ask(TestHouse.Instance owner, int i) {
    return owner.ask(ids.get(i), TestHouse.registration("s" + i));
  }

  private static Outcomes.Memory memory(TestHouse.Instance instance) {
    return ((LiveChronicle<?>) instance.log.chronicle()).outcomes().memory();
  }
}
