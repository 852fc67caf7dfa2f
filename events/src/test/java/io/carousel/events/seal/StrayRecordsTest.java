package io.carousel.events.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.seal.Placed.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What whoever can write to Kafka puts between the records of a log: it is named, and changes
 * nothing. What an enrolled orchestrator has signed and cannot be still ends the reading.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StrayRecordsTest {
  private static final List<Message> STORY = Scribe.story();
  private static final Optional<Bytes> PINNED = Optional.of(Scribe.FOUNDER.publicKey());
  private static final Author MALLORY = new Author(Scribe.HOUSE, name("mallory"), FixedKeys.of(66));
  private static final Author IMPOSTOR =
      new Author(Scribe.HOUSE, Scribe.FOUNDER.name(), FixedKeys.of(67));

  /** Everything that a stranger can make of a log that is known up to that record. */
  private static List<Message> strays(int known) {
    var all = new ArrayList<Message>();
    Head head = known == 0 ? Head.EMPTY : Scribe.headOf(STORY.subList(0, known));
    Message genuine = STORY.get(Math.max(0, known - 1));
    var unsigned = new TreeMap<>(genuine.headers());
    unsigned.remove(Message.SIGNATURE);
    all.add(new Message(genuine.topic(), null, unsigned, genuine.value()));
    all.add(new Message("carousel.events", null, new TreeMap<>(), new byte[0]));
    all.add(new Message("carousel.events", "key", genuine.headers(), genuine.value()));
    all.add(new Message("carousel.events", null, genuine.headers(), "{".getBytes(UTF)));
    all.add(genuine.with(Message.SEQUENCE, Long.toString(known + 2)));
    all.add(genuine.with(Message.SEQUENCE, "9".repeat(40)));
    all.add(genuine.with(Message.SEQUENCE, "-1"));
    all.add(genuine.with(Message.SIGNATURE, "v1."));
    all.add(genuine.with(Message.SIGNATURE, "v9." + "A".repeat(96)));
    all.add(genuine.with(Message.SOURCE, "/houses/" + "f".repeat(32) + "/authors/orchestrator-1"));
    all.add(genuine.with(Message.SOURCE, "///"));
    all.add(genuine.with(Message.TIME, "yesterday"));
    all.add(genuine.with(Message.PREVIOUS_HASH, "not a hash"));
    all.add(Scribe.signed(MALLORY, Scribe.slot(), head));
    all.add(Scribe.signed(MALLORY, Scribe.founded(), head));
    all.add(Scribe.signed(IMPOSTOR, Scribe.slot(), head));
    all.add(Scribe.signed(IMPOSTOR, level(99), head));
    if (known < 5) {
      all.add(Scribe.signed(Scribe.SECOND, Scribe.slot(), head));
    }
    all.add(Scribe.signed(Scribe.WORKER, Scribe.slot(), head));
    if (known >= 8) {
      all.add(Scribe.signed(Scribe.FOUNDER, Scribe.slot(), head));
    }
    all.addAll(STORY.subList(0, known));
    return all;
  }

  private static final java.nio.charset.Charset UTF = StandardCharsets.UTF_8;

  @Test
  void strangersRecordsAreNamedAndChangeNothing() {
    var history = History.fromStart(PINNED);
    for (int known = 0; known <= STORY.size(); known++) {
      Head head = history.head();
      List<Unplaced> strays = strays(known).stream().map(Unplaced::of).toList();
      history.foresee(strays);
      for (Unplaced stray : strays) {
        assertThat(history.place(stray))
            .as("after %d: %s", known, stray.message().headers())
            .isInstanceOfSatisfying(Placed.Stray.class, s -> assertThat(s.reason()).isNotBlank());
        assertThat(history.head()).isEqualTo(head);
      }
      assertThat(history.gap()).isEmpty();
      if (known < STORY.size()) {
        assertThat(history.place(Unplaced.of(STORY.get(known)))).isInstanceOf(Placed.Next.class);
      }
    }
    assertThat(history.head()).isEqualTo(Scribe.headOf(STORY));
  }

  /** Whatever is thrown in, wherever: the history is the same. */
  @Property(tries = 200)
  void anyMixtureLeadsToTheSameHead(@ForAll long seed) {
    var random = new Random(seed);
    var history = History.fromStart(PINNED);
    for (int known = 0; known <= STORY.size(); known++) {
      List<Message> strays = strays(known);
      for (int i = random.nextInt(4); i > 0; i--) {
        history.place(Unplaced.of(strays.get(random.nextInt(strays.size()))));
      }
      if (known < STORY.size()) {
        history.place(Unplaced.of(STORY.get(known)));
      }
    }
    assertThat(history.head()).isEqualTo(Scribe.headOf(STORY));
  }

  @Test
  void exactRepeatsAreToldApartFromForks() {
    var history = read(STORY.subList(0, 5));
    assertThat(kind(history, STORY.get(2))).isEqualTo(Kind.REPEATED);
    Message fork = Scribe.signed(Scribe.FOUNDER, level(1), Scribe.headOf(STORY.subList(0, 3)));
    assertFork(history, fork, 6, "another record 4 stands there");
    assertThat(history.head()).isEqualTo(Scribe.headOf(STORY.subList(0, 5)));
  }

  /** Also those whose author has been removed since. */
  @Test
  void repeatsByRemovedAuthorsAreRepeats() {
    var history = read(STORY);
    for (Message genuine : STORY) {
      assertThat(kind(history, genuine)).isEqualTo(Kind.REPEATED);
    }
  }

  @Test
  void earlyCopiesOfGenuineRecordsChangeNothing() {
    for (int known = 1; known < STORY.size(); known++) {
      for (int copied = known + 1; copied < STORY.size(); copied++) {
        var history = read(STORY.subList(0, known));
        assertThat(history.place(Unplaced.of(STORY.get(copied)))).isInstanceOf(Placed.Stray.class);
        STORY.subList(known, STORY.size()).forEach(history::accept);
        assertThat(history.gap()).isEmpty();
      }
    }
  }

  @Test
  void signedRecordsBehindMissingOnesAreAGap() {
    var log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded(), Scribe.term(1, Scribe.FOUNDER))
            .write(Scribe.FOUNDER, Scribe.slot())
            .write(Scribe.FOUNDER, level(1), Scribe.refused("a"))
            .write(Scribe.FOUNDER, Scribe.refused("b"))
            .log();
    var history = read(log.subList(0, 2));
    assertThat(kind(history, log.get(3))).isEqualTo(Kind.EARLY);
    assertThat(kind(history, log.get(5))).isEqualTo(Kind.EARLY);
    assertThat(history.gap())
        .get()
        .satisfies(gap -> {
          assertThat(gap.sequence()).isEqualTo(3);
          assertThat(gap).hasMessageContaining("it is missing; the next one there is 4");
        });
    log.subList(2, 6).forEach(history::accept);
    assertThat(history.gap()).isEmpty();
  }

  /** One transaction is not all there yet: that says nothing of what is missing. */
  @Test
  void partOfTheNextTransactionIsNoGap() {
    var log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded())
            .write(Scribe.FOUNDER, Scribe.slot(), level(1), Scribe.refused("a"))
            .log();
    var history = read(log.subList(0, 1));
    assertThat(kind(history, log.get(2))).isEqualTo(Kind.EARLY);
    assertThat(history.gap()).isEmpty();
  }

  /** A leader's last transaction was aborted; whoever saw it puts its records back. */
  @Test
  void recordsOfAGivenUpTransactionAreNoFork() {
    var log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded())
            .write(Scribe.FOUNDER, Scribe.term(1, Scribe.FOUNDER), Scribe.enrolled(Scribe.SECOND));
    Head begin = Scribe.headOf(log.log());
    List<Message> aborted =
        batch(Scribe.FOUNDER, begin, Scribe.slot(), level(1), Scribe.refused("x"));
    List<Message> whole =
        log.write(Scribe.SECOND, Scribe.term(2, Scribe.SECOND))
            .write(Scribe.SECOND, Scribe.slot())
            .write(Scribe.SECOND, Scribe.refused("b"))
            .log();
    for (int known = 4; known <= whole.size(); known++) {
      for (Message late : aborted) {
        var history = read(whole.subList(0, known));
        assertThat(kind(history, late)).isEqualTo(Kind.GIVEN_UP);
        whole.subList(known, whole.size()).forEach(history::accept);
        assertThat(history.gap()).isEmpty();
      }
    }
    var early = read(whole.subList(0, 3));
    assertThat(kind(early, aborted.get(2))).isEqualTo(Kind.EARLY);
    assertThat(early.gap()).isEmpty();
    early.accept(whole.get(3));
    assertThat(early.gap()).isEmpty();
  }

  /** It was put back before the next leader wrote: then it stands, and that term never began. */
  @Test
  void aRevivedTransactionStandsAndTheTermThatMissedItIsGivenUp() {
    var log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded())
            .write(Scribe.FOUNDER, Scribe.term(1, Scribe.FOUNDER), Scribe.enrolled(Scribe.SECOND));
    Head begin = Scribe.headOf(log.log());
    Message missed = Scribe.signed(Scribe.SECOND, Scribe.term(2, Scribe.SECOND), begin);
    var history = read(log.write(Scribe.FOUNDER, Scribe.slot(), level(1)).log());
    assertThat(kind(history, missed)).isEqualTo(Kind.GIVEN_UP);
    history.accept(Scribe.signed(Scribe.SECOND, Scribe.term(2, Scribe.SECOND), history.head()));
  }

  /** A part of it was put back before the next leader wrote, and the rest afterwards. */
  @Test
  void partlyRevivedTransactionIsNoFork() {
    var log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded())
            .write(Scribe.FOUNDER, Scribe.term(1, Scribe.FOUNDER), Scribe.enrolled(Scribe.SECOND));
    Head begin = Scribe.headOf(log.log());
    Message missed = Scribe.signed(Scribe.SECOND, Scribe.term(2, Scribe.SECOND), begin);
    List<Message> aborted =
        batch(
            Scribe.FOUNDER,
            begin,
            Scribe.slot(),
            level(1),
            Scribe.refused("x"),
            Scribe.refused("y"));
    for (int put = 1; put < aborted.size(); put++) {
      var history = read(log.log());
      aborted.subList(0, put).forEach(history::accept);
      assertThat(kind(history, missed)).isEqualTo(Kind.GIVEN_UP);
      history.accept(Scribe.signed(Scribe.SECOND, Scribe.term(2, Scribe.SECOND), history.head()));
      for (int more = 0; more < 3; more++) {
        for (Message rest : aborted.subList(put, aborted.size())) {
          assertThat(kind(history, rest)).isEqualTo(Kind.GIVEN_UP);
        }
        history.accept(Scribe.signed(Scribe.SECOND, Scribe.refused("z" + more), history.head()));
      }
      assertThat(history.gap()).isEmpty();
    }
  }

  @Test
  void aFoundingThatWasTriedTwiceIsNoFork() {
    List<Message> aborted =
        batch(
            Scribe.FOUNDER,
            Head.EMPTY,
            new HouseEvent.Founded(
                Scribe.HOUSE,
                Scribe.FOUNDER.name(),
                Scribe.FOUNDER.publicKey(),
                1,
                Scribe.AT.minusSeconds(1)),
            Scribe.term(1, Scribe.FOUNDER));
    var history =
        read(
            new Scribe()
                .write(Scribe.FOUNDER, Scribe.founded(), Scribe.term(1, Scribe.FOUNDER))
                .write(Scribe.FOUNDER, Scribe.slot())
                .log());
    for (Message late : aborted) {
      assertThat(kind(history, late)).isEqualTo(Kind.GIVEN_UP);
    }
  }

  /** An acknowledged transaction in the middle of a term has no other beside it. */
  @Test
  void anotherTransactionInTheMiddleOfATermIsAFork() {
    var log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded(), Scribe.term(1, Scribe.FOUNDER))
            .write(Scribe.FOUNDER, Scribe.enrolled(Scribe.SECOND))
            .write(Scribe.FOUNDER, Scribe.slot(), Scribe.refused("a"))
            .log();
    Head begin = Scribe.headOf(log.subList(0, 3));
    for (Message other : batch(Scribe.FOUNDER, begin, level(1), level(1))) {
      assertFork(read(log), other, 6, "the log was forked");
    }
    assertFork(read(log), Scribe.signed(Scribe.SECOND, level(1), begin), 6, "the log was forked");
  }

  @Test
  void whatIsRememberedSurvivesARestart() {
    for (int known = 1; known <= STORY.size(); known++) {
      var first = read(STORY.subList(0, known));
      var second =
          History.from(Scribe.HOUSE, first.head(), first.at(), first.roster(), first.past().kept());
      for (Message repeat : STORY.subList(0, known)) {
        assertThat(kind(second, repeat)).isEqualTo(Kind.REPEATED);
      }
      STORY.subList(known, STORY.size()).forEach(second::accept);
      assertThat(second.past().kept()).isEqualTo(read(STORY).past().kept());
    }
    var kept = read(STORY.subList(0, 4)).past().kept();
    var five = read(STORY.subList(0, 5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> History.from(Scribe.HOUSE, five.head(), five.at(), five.roster(), kept));
  }

  /** Somebody reads on from a head of which nothing more is known. */
  @Test
  void aRecordThatNobodyRemembersIsNoContradiction() {
    var five = read(STORY.subList(0, 5));
    var history = History.from(Scribe.HOUSE, five.head(), five.at(), five.roster());
    assertThat(kind(history, STORY.get(2))).isEqualTo(Kind.OLD);
    Message other = Scribe.signed(Scribe.FOUNDER, level(1), Scribe.headOf(STORY.subList(0, 2)));
    assertThat(kind(history, other)).isEqualTo(Kind.OLD);
    STORY.subList(5, STORY.size()).forEach(history::accept);
  }

  @Test
  void whatWasWrittenHereIsTakenWithoutBeingRead() {
    var reader = History.fromStart(PINNED);
    var writer = History.fromStart(PINNED);
    for (Message m : STORY) {
      writer.adopt(reader.accept(m));
      assertThat(writer.head()).isEqualTo(reader.head());
      assertThat(writer.authors()).isEqualTo(reader.authors());
      assertThat(writer.at()).isEqualTo(reader.at());
      assertThat(kind(writer, m)).isEqualTo(Kind.REPEATED);
    }
  }

  private static List<Message> batch(Author author, Head after, Event... events) {
    var drafts = new ArrayList<Message>();
    Head head = after;
    for (Event event : events) {
      drafts.add(Scribe.draft(author, event, head));
      head = new Head(head.sequence() + 1, Authorship.hash(drafts.getLast()));
    }
    return author.seal(drafts);
  }

  private static Event level(int level) {
    return new HouseEvent.FeatureLevelRaised(level, "p-1", Scribe.AT);
  }

  private static Kind kind(History history, Message message) {
    return ((Placed.Stray) history.place(Unplaced.of(message))).kind();
  }

  private static void assertFork(History history, Message fork, long at, String why) {
    assertThatExceptionOfType(ImpossibleHistory.class)
        .isThrownBy(() -> history.place(Unplaced.of(fork)))
        .satisfies(e -> assertThat(e.sequence()).isEqualTo(at))
        .withMessageContaining(why);
  }

  private static History read(List<Message> log) {
    var history = History.fromStart(PINNED);
    log.forEach(history::accept);
    return history;
  }

  private static AuthorName name(String name) {
    return new AuthorName(name);
  }
}
