package io.carousel.events.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.KeyId;
import io.carousel.events.KeyOrigin;
import io.carousel.events.ParticipantName;
import io.carousel.events.Statements;
import io.carousel.events.Suite;
import io.carousel.events.testing.SoftwareKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a log cannot have been, and where that shows first. One thing does not show here: a tail
 * that was cut off leaves a shorter log which could well be. Against that every process keeps the
 * highest head it has seen.
 */
class HistoryTest {
  private static final List<Message> STORY = Scribe.story();
  private static final Optional<Bytes> PINNED = Optional.of(Scribe.FOUNDER.publicKey());
  private static final EnrolmentToken TOKEN = EnrolmentToken.create();
  private static final CommandId COMMAND = new CommandId("0195518e-2c7b-7a10-8123-456789abcdef");
  private static final KeyId KEY = new KeyId("01");
  private static final List<Head> HEADS = new ArrayList<>();
  private static final List<List<KnownAuthor>> AUTHORS = new ArrayList<>();

  static {
    var history = History.fromStart(PINNED);
    for (Message m : STORY) {
      history.accept(m);
      HEADS.add(history.head());
      AUTHORS.add(history.authors());
    }
  }

  @Test
  void aLogThatWasWrittenSoIsRead() {
    var history = History.fromStart(PINNED);
    for (Message m : STORY) {
      Recorded recorded = history.accept(m);
      assertThat(recorded.hash()).isEqualTo(Scribe.hash(m));
      assertThat(recorded.id()).isEqualTo(m.need(Message.ID));
      assertThat(recorded.position()).isEqualTo(7);
      assertThat(recorded.ruleVersion()).isEqualTo(1);
    }
    assertThat(history.head()).isEqualTo(Scribe.headOf(STORY));
    assertThat(history.house()).contains(Scribe.HOUSE);
    assertThat(history.authors())
        .containsExactly(Scribe.known(Scribe.SECOND), Scribe.known(Scribe.WORKER));
    assertThat(history.author(Scribe.FOUNDER.name())).isEmpty();
  }

  @Test
  void itCanBeReadOnFromAHeadThatWasChecked() {
    for (int from = 1; from < STORY.size(); from++) {
      var first = read(STORY.subList(0, from));
      var second = History.from(Scribe.HOUSE, first.head(), first.at(), first.authors());
      STORY.subList(from, STORY.size()).forEach(second::accept);
      assertThat(second.head()).isEqualTo(Scribe.headOf(STORY));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> History.from(Scribe.HOUSE, Head.EMPTY, Scribe.AT, List.of()));
  }

  @Test
  void theFounderThatIsPinnedMustHaveFoundedIt() {
    var other = History.fromStart(Optional.of(Scribe.SECOND.publicKey()));
    assertImpossible(other, STORY.getFirst(), 1, "not founded by the key that is pinned");
    assertThat(other.house()).isEmpty();
    assertThat(History.fromStart(Optional.empty()).accept(STORY.getFirst())).isNotNull();
  }

  @Test
  void aFoundingIsSignedByTheKeyThatItNames() {
    Message forged = Scribe.signed(Scribe.SECOND, Scribe.founded(), Head.EMPTY);
    assertImpossible(History.fromStart(PINNED), forged, 1, "'orchestrator-2' is not enrolled");
    var mallory = new Author(Scribe.HOUSE, Scribe.FOUNDER.name(), FixedKeys.of(66));
    assertImpossible(
        History.fromStart(PINNED),
        Scribe.signed(mallory, Scribe.founded(), Head.EMPTY),
        1,
        "does not hold");
  }

  @Test
  void aLogBeginsWithItsFounding() {
    Message other = Scribe.signed(Scribe.FOUNDER, Scribe.slot(), Head.EMPTY);
    assertImpossible(History.fromStart(PINNED), other, 1, "begins with its founding");
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECDSA_P256", "ECDSA_P384", "ED25519"})
  void aKeyThatIsShownHasSignedItself(Suite suite) {
    SoftwareKey key = SoftwareKey.fresh(suite);
    Message shown = shown(key.spki(), key.sign(statement(key.spki())));
    assertThat(read(STORY.subList(0, 4)).accept(shown).event()).isInstanceOf(KeyShown.class);
  }

  /** An orchestrator signed the record, and cannot make up the key in it. */
  @Test
  void aKeyThatDidNotSignItselfIsImpossible() {
    SoftwareKey key = SoftwareKey.fresh(Suite.ECDSA_P256);
    SoftwareKey other = SoftwareKey.fresh(Suite.ECDSA_P256);
    Bytes proof = key.sign(statement(key.spki()));
    for (Message forged :
        List.of(
            shown(key.spki(), other.sign(statement(key.spki()))),
            shown(key.spki(), key.sign(statement(other.spki()))),
            shown(other.spki(), proof),
            shown(key.spki(), Bytes.of(new byte[0])))) {
      assertImpossible(read(STORY.subList(0, 4)), forged, 5, "did not sign that it is there");
    }
    Message none = shown(Bytes.of(new byte[] {1, 2, 3}), proof);
    assertImpossible(read(STORY.subList(0, 4)), none, 5, "");
  }

  private static Bytes statement(Bytes publicKey) {
    return Bytes.of(Statements.possessionOfKey(Scribe.HOUSE, COMMAND, Scribe.SLOT, KEY, publicKey));
  }

  /** The record that would follow the first four. */
  private static Message shown(Bytes publicKey, Bytes possession) {
    var event =
        new KeyShown(
            new AuthorityName("user"),
            1,
            Scribe.SLOT,
            Format.X509,
            COMMAND,
            KEY,
            publicKey,
            KeyOrigin.GENERATED,
            List.of(),
            possession,
            Scribe.WORKER.name(),
            Scribe.AT);
    return Scribe.signed(Scribe.FOUNDER, event, Scribe.headOf(STORY.subList(0, 4)));
  }

  @Test
  void aHostThatATokenLetInHasAskedForIt() {
    assertThat(read(STORY.subList(0, 4)).accept(let(asked(Scribe.HOUSE), TOKEN)).event())
        .isInstanceOf(ParticipantEnrolledByToken.class);
  }

  /** An orchestrator signed the record, and can let nobody in on its own. */
  @Test
  void aHostThatAskedForNothingIsImpossible() {
    EnrolmentRequest good = asked(Scribe.HOUSE);
    EnrolmentRequest elsewhere = asked(new HouseId("f".repeat(32)));
    var other = EnrolmentToken.create();
    var renamed =
        new EnrolmentRequest(
            new ParticipantName("db-1"),
            good.identityKey(),
            good.token(),
            good.time(),
            good.tokenSignature(),
            good.identitySignature());
    for (Message forged : List.of(let(elsewhere, TOKEN), let(good, other), let(renamed, TOKEN))) {
      assertImpossible(read(STORY.subList(0, 4)), forged, 5, "did not sign that");
    }
    var unasked =
        new EnrolmentRequest(
            good.participant(),
            good.identityKey(),
            good.token(),
            good.time(),
            good.tokenSignature(),
            good.tokenSignature());
    assertImpossible(
        read(STORY.subList(0, 4)), let(unasked, TOKEN), 5, "the identity key of 'web-1' did not");
  }

  private static EnrolmentRequest asked(HouseId house) {
    var host = new Author(house, new AuthorName("host"), FixedKeys.of(9));
    byte[] seed = Ed25519Signature.seed(FixedKeys.of(9).getPrivate());
    return TOKEN.request(
        house,
        new ParticipantName("web-1"),
        host.publicKey(),
        Scribe.AT,
        statement -> Bytes.of(Ed25519Signature.sign(seed, statement)));
  }

  private static Message let(EnrolmentRequest asked, EnrolmentToken token) {
    var event =
        new ParticipantEnrolledByToken(
            asked, token.publicKey(), List.of(), Optional.empty(), Scribe.AT);
    return Scribe.signed(Scribe.FOUNDER, event, Scribe.headOf(STORY.subList(0, 4)));
  }

  @Test
  void aHouseIsFoundedOnce() {
    var history = read(STORY.subList(0, 4));
    var again =
        new HouseEvent.Founded(
            new HouseId("f".repeat(32)),
            new AuthorName("mallory"),
            Scribe.SECOND.publicKey(),
            1,
            Scribe.AT);
    assertImpossible(history, next(history, Scribe.FOUNDER, again), 5, "founded once");
    assertThat(history.house()).contains(Scribe.HOUSE);
  }

  @Test
  void workersWriteNoEvents() {
    var history = read(STORY.subList(0, 4));
    assertImpossible(
        history, next(history, Scribe.WORKER, Scribe.slot()), 5, "'worker-a' may not write events");
  }

  @Test
  void whoeverWasRemovedWritesNoMore() {
    var history = read(STORY);
    assertImpossible(
        history, next(history, Scribe.FOUNDER, Scribe.slot()), 9, "'orchestrator-1' is not");
    assertThat(history.accept(next(history, Scribe.SECOND, Scribe.slot()))).isNotNull();
  }

  @Test
  void whoeverIsRemovedWithinABatchWritesNothingMoreInIt() {
    List<Message> log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded())
            .write(Scribe.FOUNDER, Scribe.removed(Scribe.FOUNDER), Scribe.slot())
            .log();
    assertFirstBad(log, 3, "'orchestrator-1' is not enrolled");
  }

  @Test
  void whoeverIsNotYetEnrolledWritesNothing() {
    var history = read(STORY.subList(0, 4));
    assertImpossible(history, next(history, Scribe.SECOND, Scribe.slot()), 5, "is not enrolled");
  }

  @Test
  void aMissingRecordIsNamed() {
    for (int i = 0; i < STORY.size() - 1; i++) {
      var log = new ArrayList<>(STORY);
      log.remove(i);
      assertFirstBad(log, i + 1, "it is missing; the next one there is " + (i + 2));
    }
  }

  @Test
  void aRepeatedRecordIsNamed() {
    for (int i = 0; i < STORY.size(); i++) {
      var log = new ArrayList<>(STORY);
      log.add(i, STORY.get(i));
      assertFirstBad(log, i + 2, "record %d stands there again".formatted(i + 1));
    }
  }

  @Test
  void recordsInAnotherOrderAreNamed() {
    for (int i = 0; i < STORY.size() - 1; i++) {
      var log = new ArrayList<>(STORY);
      log.add(i, log.remove(i + 1));
      assertFirstBad(log, i + 1, "it is missing");
    }
  }

  @Test
  void aRecordOfAnotherBranchIsNamed() {
    var history = read(STORY.subList(0, 5));
    Message other =
        Scribe.signed(
            Scribe.FOUNDER, Scribe.slot(), new Head(5, Scribe.headOf(STORY.subList(0, 4)).hash()));
    assertImpossible(history, other, 6, "does not continue the record before it");
  }

  @Property(tries = 500)
  void aFlippedBitOfAnyValueIsNamed(
      @ForAll @IntRange(max = 7) int record, @ForAll @IntRange(max = 100_000) int any) {
    Message m = STORY.get(record);
    byte[] value = m.value().clone();
    int bit = any % (8 * value.length);
    value[bit / 8] ^= (byte) (1 << bit % 8);
    assertBad(record, x -> new Message(x.topic(), x.key(), x.headers(), value), "");
  }

  @Property(tries = 1_000)
  void aFlippedBitOfAnyHeaderIsNamed(
      @ForAll @IntRange(max = 7) int record,
      @ForAll @IntRange(max = 100) int which,
      @ForAll @IntRange(max = 100_000) int any) {
    Message m = STORY.get(record);
    String name = m.headers().keySet().stream().toList().get(which % m.headers().size());
    char[] text = m.need(name).toCharArray();
    int bit = any % (7 * text.length);
    text[bit / 7] ^= (char) (1 << bit % 7);
    assertBad(record, x -> x.with(name, new String(text)), "");
  }

  @Test
  void aRemovedOrAddedHeaderIsNamed() {
    for (int i = 0; i < STORY.size(); i++) {
      int record = i;
      for (String name : STORY.get(record).headers().keySet()) {
        assertBad(record, m -> without(m, name), "");
      }
      assertBad(record, m -> m.with("more", "1"), "does not hold");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+9", "09", "9 ", "９", "0x9", "nine", "99999999999999999999"})
  void numbersHaveOneSpelling(String number) {
    for (String header : List.of(Message.SEQUENCE, Message.POSITION, Message.RULE_VERSION)) {
      var history = read(STORY);
      Message draft =
          Scribe.draft(Scribe.SECOND, Scribe.slot(), history.head()).with(header, number);
      Message signed = Scribe.SECOND.seal(List.of(draft)).getFirst();
      assertImpossible(history, signed, 9, "which is no number");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {Message.COMMAND_ID, Message.ACT_DIGEST, Message.RULE_VERSION, Message.TAGS})
  void whatAHeaderSaysIsChecked(String header) {
    var history = read(STORY);
    Message draft =
        Scribe.draft(Scribe.SECOND, Scribe.slot(), history.head()).with(header, "9999999999%z");
    assertImpossible(history, Scribe.SECOND.seal(List.of(draft)).getFirst(), 9, "");
  }

  @Test
  void aRefusedRecordChangesNothing() {
    var history = read(STORY.subList(0, 4));
    Head head = history.head();
    List<KnownAuthor> authors = history.authors();
    assertImpossible(history, STORY.get(5), 5, "it is missing");
    assertThat(history.head()).isEqualTo(head);
    assertThat(history.authors()).isEqualTo(authors);
    assertThat(history.accept(STORY.get(4))).isNotNull();
  }

  @Test
  void aHouseOfANewerLevelIsNotRead() {
    var founded =
        new HouseEvent.Founded(
            Scribe.HOUSE, Scribe.FOUNDER.name(), Scribe.FOUNDER.publicKey(), 2, Scribe.AT);
    assertImpossible(
        History.fromStart(PINNED),
        Scribe.signed(Scribe.FOUNDER, founded, Head.EMPTY),
        1,
        "the house is at feature level 2 and this program knows 1; start a newer program");
  }

  @Test
  void aHouseRaisedToANewerLevelIsNotReadOn() {
    var history = read(STORY);
    var raised = new HouseEvent.FeatureLevelRaised(2, "p-1", Scribe.AT);
    assertImpossible(history, next(history, Scribe.SECOND, raised), 9, "feature level 2");
    var same = new HouseEvent.FeatureLevelRaised(1, "p-1", Scribe.AT);
    assertThat(history.accept(next(history, Scribe.SECOND, same))).isNotNull();
  }

  @Test
  void timeGoesBackOnlyWhereAnEventSaysSo() {
    var history = read(STORY);
    Instant ahead = Scribe.AT.plusSeconds(60);
    Instant back = Scribe.AT.minusSeconds(60);
    var by = new AuthorName("o-1");
    history.accept(next(history, Scribe.SECOND, raisedAt(ahead)));
    for (var wrong :
        List.of(
            new HouseEvent.TimeSetBack(ahead.plusSeconds(1), by, back),
            new HouseEvent.TimeSetBack(Scribe.AT, by, back),
            new HouseEvent.TimeSetBack(ahead, by, ahead),
            new HouseEvent.TimeSetBack(ahead, by, ahead.plusSeconds(1)))) {
      assertImpossible(history, next(history, Scribe.SECOND, wrong), 10, "it sets the time back");
    }
    history.accept(next(history, Scribe.SECOND, new HouseEvent.TimeSetBack(ahead, by, back)));
    assertThat(history.at()).isEqualTo(back);
    assertThat(history.accept(next(history, Scribe.SECOND, raisedAt(Scribe.AT)))).isNotNull();
    assertImpossible(
        history, next(history, Scribe.SECOND, raisedAt(back)), 12, "time never goes back");
  }

  @Test
  void timeMayStandStillAndNeverGoesBack() {
    var history = read(STORY);
    Instant later = Scribe.AT.plusNanos(1);
    history.accept(next(history, Scribe.SECOND, raisedAt(later)));
    history.accept(next(history, Scribe.SECOND, raisedAt(later)));
    Message early = next(history, Scribe.SECOND, raisedAt(Scribe.AT));
    assertImpossible(history, early, 11, "it is of 2026-03-01T12:00:00Z, and the record before it");
    assertThat(history.at()).isEqualTo(later);
    var resumed = History.from(Scribe.HOUSE, history.head(), history.at(), history.authors());
    assertImpossible(resumed, early, 11, "time never goes back");
    assertThat(resumed.accept(next(resumed, Scribe.SECOND, raisedAt(later)))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-03-01T12:00:01Z",
        "2026-03-01T12:00:00.000Z",
        "2026-03-01T13:00:00+01:00",
        "noon",
        ""
      })
  void theTimeOfTheHeaderIsThatOfTheEvent(String time) {
    var history = read(STORY);
    Message draft =
        Scribe.draft(Scribe.SECOND, Scribe.slot(), history.head()).with(Message.TIME, time);
    assertImpossible(
        history,
        Scribe.SECOND.seal(List.of(draft)).getFirst(),
        9,
        "its header says that it was written at " + time);
  }

  private static HouseEvent raisedAt(Instant at) {
    return new HouseEvent.FeatureLevelRaised(1, "p-1", at);
  }

  @Test
  void anEventOfATypeThatIsNotKnownIsNamed() {
    var history = read(STORY);
    Message draft =
        Scribe.draft(Scribe.SECOND, Scribe.slot(), history.head())
            .with(Message.TYPE, "carousel.tea-made.v1");
    assertImpossible(
        history,
        Scribe.SECOND.seal(List.of(draft)).getFirst(),
        9,
        "does not know records of type 'carousel.tea-made.v1'");
  }

  private static History read(List<Message> log) {
    var history = History.fromStart(PINNED);
    log.forEach(history::accept);
    return history;
  }

  /** As a replay reads: some records are looked at before they are placed, whatever they are. */
  private static History readForeseeing(List<Message> log, int stretch) {
    var history = History.fromStart(PINNED);
    for (int from = 0; from < log.size(); from += stretch) {
      List<Unplaced> some =
          log.subList(from, Math.min(log.size(), from + stretch)).stream()
              .map(Unplaced::of)
              .toList();
      history.foresee(some);
      some.forEach(history::accept);
    }
    return history;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 100})
  void itIsReadTheSameWhenItsSignaturesAreForeseen(int stretch) {
    History plain = read(STORY);
    History foreseen = readForeseeing(STORY, stretch);
    assertThat(foreseen.head()).isEqualTo(plain.head());
    assertThat(foreseen.authors()).isEqualTo(plain.authors());
  }

  /** The name has another key by the time that the record is placed. */
  @Test
  void aSignatureForeseenUnderAnotherKeyDoesNotCount() {
    var impostor = new Author(Scribe.HOUSE, Scribe.SECOND.name(), FixedKeys.of(9));
    List<Message> log =
        new Scribe()
            .write(Scribe.FOUNDER, Scribe.founded())
            .write(Scribe.FOUNDER, Scribe.enrolled(impostor))
            .write(Scribe.FOUNDER, Scribe.removed(impostor), Scribe.enrolled(Scribe.SECOND))
            .write(impostor, Scribe.refused("forged"))
            .log();
    var history = History.fromStart(PINNED);
    log.subList(0, 2).forEach(history::accept);
    List<Unplaced> rest = log.subList(2, 5).stream().map(Unplaced::of).toList();
    history.foresee(rest);
    history.accept(rest.get(0));
    history.accept(rest.get(1));
    assertThatExceptionOfType(ImpossibleHistory.class)
        .isThrownBy(() -> history.accept(rest.get(2)))
        .withMessageContaining("does not hold");
  }

  private static Message next(History history, Author author, Event event) {
    return Scribe.signed(author, event, history.head());
  }

  /** As if all before that record had been read just now. */
  private static History before(int record) {
    return record == 0
        ? History.fromStart(PINNED)
        : History.from(Scribe.HOUSE, HEADS.get(record - 1), Scribe.AT, AUTHORS.get(record - 1));
  }

  private static void assertBad(int record, UnaryOperator<Message> change, String why) {
    assertImpossible(before(record), change.apply(STORY.get(record)), record + 1, why);
  }

  private static Message without(Message m, String header) {
    var fewer = new TreeMap<>(m.headers());
    fewer.remove(header);
    return new Message(m.topic(), m.key(), fewer, m.value());
  }

  private static void assertFirstBad(List<Message> log, long sequence, String why) {
    for (var reading : List.<ThrowingCallable>of(() -> read(log), () -> readForeseeing(log, 3))) {
      assertThatExceptionOfType(ImpossibleHistory.class)
          .isThrownBy(reading)
          .satisfies(e -> assertThat(e.sequence()).isEqualTo(sequence))
          .withMessageStartingWith("the history is not possible at record %d: ".formatted(sequence))
          .withMessageContaining(why);
    }
  }

  private static void assertImpossible(History history, Message m, long sequence, String why) {
    assertThatExceptionOfType(ImpossibleHistory.class)
        .isThrownBy(() -> {
          var next = Unplaced.of(m);
          history.foresee(List.of(next));
          history.accept(next);
        })
        .satisfies(e -> assertThat(e.sequence()).isEqualTo(sequence))
        .withMessageContaining(why);
  }
}
