package io.carousel.orchestrator.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.CommandId;
import io.carousel.events.HouseEvent;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BadActsTest {
  private static final int FLOOD = Integer.getInteger("carousel.flood.records", 4_000);

  private final TestHouse house = new TestHouse();

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void whatNobodyEnrolledSignedIsRejectedAndWrittenDown() {
    var first = house.founder();
    Author stranger = new Author(house.id, new AuthorName("stranger"), Author.newKey());
    Author impostor = new Author(house.id, new AuthorName("first"), Author.newKey());
    var records = new ArrayList<Message>();
    records.addAll(stranger.seal(List.of(act(stranger, "a"))));
    records.addAll(impostor.seal(List.of(act(impostor, "b"))));
    records.add(act(first.author, "c"));
    Message genuine = first.author.seal(List.of(act(first.author, "d"))).getFirst();
    records.add(new Message(genuine.topic(), "other", genuine.headers(), genuine.value()));
    records.addAll(first.author.seal(List.of(unreadable(first.author))));
    records.addAll(first.author.seal(List.of(tooLarge(first.author))));
    house.write(records);

    assertThat(first.register("good")).isInstanceOf(Reply.Accepted.class);
    assertThat(first.chronicle().now().state()).containsExactly("good");
    Awaitility.await().atMost(TestHouse.PATIENCE).until(() -> count(rejected()) == 6);
    assertThat(rejected().getFirst().reason()).contains("'stranger' is not enrolled");
    assertThat(first.rules.judged).hasSize(1);
  }

  /** However many there are, and whatever stands between them: a count, now and then. */
  @Test
  void aFloodIsRejectedByCountAndHoldsNobodyUp() {
    var first = house.founder();
    first.register("before");
    long head = first.chronicle().now().head().sequence();
    Author stranger = new Author(house.id, new AuthorName("stranger"), Author.newKey());
    Author impostor = new Author(house.id, new AuthorName("first"), Author.newKey());
    Message genuine = house.records(Topic.COMMANDS).getFirst();
    var records = new ArrayList<Message>();
    for (int i = 0; i < FLOOD / 4; i++) {
      records.addAll(stranger.seal(List.of(act(stranger, "a" + i))));
      records.addAll(impostor.seal(List.of(act(impostor, "b" + i))));
      records.add(genuine);
      records.add(genuine.with(Message.TYPE, "garbage"));
    }
    house.flood(records);
    long began = System.nanoTime();
    assertThat(first.register("good")).isInstanceOf(Reply.Accepted.class);
    double took = (System.nanoTime() - began) / 1e9;
    System.out.printf("a command behind a flood of %d records: %.1f s%n", records.size(), took);
    assertThat(took).isLessThan(15);
    Awaitility.await().atMost(TestHouse.PATIENCE).until(() -> count(rejected()) == FLOOD / 4 * 3);
    assertThat(first.chronicle().now().head().sequence() - head).isLessThan(10);
    assertThat(first.chronicle().now().state()).containsExactly("before", "good");
  }

  /** What leads to no event and no reply costs no transaction either. */
  @Test
  void floodOfBytesCostsFewTransactions() {
    var transactions = new AtomicInteger();
    var first =
        house
            .start(
                "first",
                true,
                point -> {
                  if (point == Cuts.Point.COMMIT) {
                    transactions.incrementAndGet();
                  }
                })
            .owning();
    first.register("before");
    int before = transactions.get();
    house.floodRaw(Topic.COMMANDS, FLOOD);
    long began = System.nanoTime();
    assertThat(first.register("good")).isInstanceOf(Reply.Accepted.class);
    System.out.printf(
        "a command behind %d records of bytes: %.1f s%n", FLOOD, (System.nanoTime() - began) / 1e9);
    Awaitility.await().atMost(TestHouse.PATIENCE).until(() -> count(rejected()) == FLOOD);
    // The count of rejections, twice, and the command.
    assertThat(transactions.get() - before).isLessThanOrEqualTo(4);
  }

  private List<HouseEvent.RecordsRejected> rejected() {
    return house.replayed().stream()
        .map(e -> e.event())
        .filter(HouseEvent.RecordsRejected.class::isInstance)
        .map(HouseEvent.RecordsRejected.class::cast)
        .toList();
  }

  private static int count(List<HouseEvent.RecordsRejected> rejected) {
    return rejected.stream().mapToInt(HouseEvent.RecordsRejected::count).sum();
  }

  /** Whoever made it may have had a wrong clock; that it is asked twice is known otherwise. */
  @Test
  void whenAnIdWasMadeDoesNotMatter() {
    var first = house.founder();
    Instant now = Instant.now();
    for (int days : new int[] {-10_000, -30, -1, 1, 30, 10_000}) {
      var id = TestHouse.newId(now.plus(Duration.ofDays(days)));
      Reply reply = first.ask(id, TestHouse.registration("s" + (days + 20_000)));
      assertThat(reply).isInstanceOf(Reply.Accepted.class);
      assertThat(first.ask(id, TestHouse.registration("s" + (days + 20_000)))).isEqualTo(reply);
    }
    assertThat(first.chronicle().now().state()).hasSize(6);
  }

  @Test
  void whoWasRemovedIsHeardNoMore() {
    var first = house.founder();
    house.enrol("second", first);
    Author second = house.author("second");
    first.ask(TestHouse.newId(), new OperatorAct.RemoveAuthor(second.name(), "left", "op"));
    house.write(second.seal(List.of(act(second, "late"))));
    first.register("good");
    assertThat(first.chronicle().now().state()).containsExactly("good");
  }

  @Test
  void anOwnerThatIsRemovedSignsNothingMore() {
    var first = house.founder();
    var second = house.join("second", first);
    var removal = new OperatorAct.RemoveAuthor(first.author.name(), "left", "op");
    var records = new ArrayList<Message>();
    records.add(draft(second.author, TestHouse.newId(), removal));
    records.add(act(second.author, "after"));
    house.write(second.author.seal(records));
    assertThat(second.owning().register("more")).isInstanceOf(Reply.Accepted.class);
    assertThat(second.chronicle().now().state()).containsExactly("after", "more");
    assertThat(house.replayed().getLast().author()).isEqualTo(second.author.name());
  }

  @Test
  void aWorkerMayNotWriteEvents() {
    var first = house.founder();
    var worker = new Author(house.id, new AuthorName("worker"), Author.newKey());
    first.ask(
        TestHouse.newId(),
        new OperatorAct.EnrolAuthor(
            worker.name(),
            AuthorRole.WORKER,
            Optional.of(new io.carousel.events.SlotName("a")),
            worker.publicKey(),
            "op"));
    first.close();
    Message last = house.records(Topic.EVENTS).getLast();
    var typed = Wire.CURRENT.write(new HouseEvent.FeatureLevelRaised(1, "op", Instant.now()));
    Message forged =
        worker.draft(
            Topic.EVENTS.topicName(),
            null,
            "x",
            typed.type(),
            Instant.now(),
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
    house.write(worker.seal(List.of(forged)));
    var again = house.start("first", false, Cuts.NONE).owning();
    assertThat(again.chronicle().strays().runs())
        .singleElement()
        .satisfies(r -> assertThat(r.reason()).contains("author 'worker' may not write events"));
  }

  private static Message act(Author author, String slot) {
    return draft(author, TestHouse.newId(), TestHouse.registration(slot));
  }

  private static Message draft(Author author, CommandId id, io.carousel.events.Act act) {
    var typed = Wire.CURRENT.write(act);
    return author.draft(
        Topic.COMMANDS.topicName(), null, id.value(), typed.type(), Instant.now(), typed.value());
  }

  private static Message unreadable(Author author) {
    Message good = act(author, "e");
    return new Message(
        good.topic(), null, good.headers(), "{\"slot\":".getBytes(StandardCharsets.UTF_8));
  }

  private static Message tooLarge(Author author) {
    Message good = act(author, "f");
    return new Message(good.topic(), null, good.headers(), new byte[200_000]);
  }
}
