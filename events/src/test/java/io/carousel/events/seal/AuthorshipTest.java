package io.carousel.events.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.HouseId;
import io.carousel.events.testing.LongFuzzing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who wrote a record: nobody else can, not even by moving what the author wrote. */
class AuthorshipTest {
  private static final Author ALICE = Scribe.FOUNDER;
  private static final Author BOB = Scribe.SECOND;

  private final Map<AuthorName, KnownAuthor> enrolled = new HashMap<>();
  private int batches;
  private final Authorship authorship = new Authorship(Scribe.HOUSE);

  AuthorshipTest() {
    enrolled.put(ALICE.name(), Scribe.known(ALICE));
    enrolled.put(BOB.name(), Scribe.known(BOB));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 256})
  void everyRecordOfABatchHasItsAuthor(int size) {
    List<Message> batch = ALICE.seal(drafts(size));
    assertThat(batch).hasSize(size);
    assertThat(batch).allSatisfy(m -> assertThat(check(m)).isEqualTo(enrolled.get(ALICE.name())));
  }

  @Test
  void nothingIsSealedAsNothing() {
    assertThat(ALICE.seal(List.of())).isEmpty();
    List<Message> drafts = drafts(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ALICE.seal(drafts, List.of(new byte[32])))
        .withMessage("1 hashes for 2 records");
  }

  @Test
  void aRecordWithoutSignatureIsForged() {
    assertForged(drafts(1).getFirst(), "no header signature");
  }

  @Test
  void aRecordOfSomebodyUnknownIsForged() {
    enrolled.remove(BOB.name());
    assertForged(BOB.seal(List.of(draft(BOB))).getFirst(), "'orchestrator-2' is not enrolled");
  }

  @Test
  void aRecordSignedByAnotherIsForged() {
    assertForged(BOB.seal(drafts(1)).getFirst(), "'orchestrator-1' does not hold");
    var mallory = new Author(Scribe.HOUSE, ALICE.name(), FixedKeys.of(66));
    assertForged(mallory.seal(drafts(1)).getFirst(), "does not hold");
  }

  @Test
  void aRecordOfAnotherHouseIsForged() {
    var other = new Author(new HouseId("f".repeat(32)), ALICE.name(), FixedKeys.of(1));
    assertForged(other.seal(List.of(draft(other))).getFirst(), "of another house");
  }

  @Test
  void aSignatureMovedToAnotherRecordIsForged() {
    List<Message> batch = ALICE.seal(drafts(2));
    String signature = batch.getFirst().need(Message.SIGNATURE);
    assertForged(batch.getLast().with(Message.SIGNATURE, signature), "does not hold");
  }

  @Test
  void aRecordMovedToAnotherTopicOrKeyIsForged() {
    Message m = ALICE.seal(drafts(1)).getFirst();
    assertForged(new Message("carousel.commands", m.key(), m.headers(), m.value()), "not hold");
    assertForged(new Message(m.topic(), "other", m.headers(), m.value()), "not hold");
    assertForged(new Message(m.topic(), null, m.headers(), m.value()), "not hold");
  }

  @Test
  void anAbsentKeyIsNotAnEmptyOne() {
    Message none = ALICE.draft("t", null, "1", "x", Scribe.AT, new byte[0]);
    Message empty = ALICE.draft("t", "", "1", "x", Scribe.AT, new byte[0]);
    assertThat(Scribe.hash(none)).isNotEqualTo(Scribe.hash(empty));
  }

  @Test
  void everyHeaderCounts() {
    Message m = ALICE.seal(drafts(3)).get(1);
    for (String name : m.headers().keySet()) {
      assertForged(m.with(name, m.need(name) + "x"), "");
      var fewer = new TreeMap<>(m.headers());
      fewer.remove(name);
      assertForged(new Message(m.topic(), m.key(), fewer, m.value()), "");
    }
    assertForged(m.with("more", ""), "does not hold");
  }

  @Test
  void textCannotMoveBetweenNeighbours() {
    Message m = draft(ALICE).with("a", "bc");
    assertThat(Scribe.hash(m)).isNotEqualTo(Scribe.hash(draft(ALICE).with("ab", "c")));
  }

  @Test
  void indexAndSizeAreSigned() {
    List<Message> batch = ALICE.seal(drafts(3));
    for (Message m : batch) {
      var s = BatchSignature.parse(m.need(Message.SIGNATURE));
      for (int index = 0; index < 5; index++) {
        for (int size = -1; size < 6; size++) {
          var other = new BatchSignature(index, size, s.signature(), s.path());
          if (index != s.index() || size != s.size()) {
            assertForged(m.with(Message.SIGNATURE, other.text()), "");
          }
        }
      }
    }
  }

  @Test
  void whoeverIsRemovedIsForgottenAtOnceThoughTheBatchWasSeen() {
    List<Message> batch = ALICE.seal(drafts(2));
    check(batch.getFirst());
    enrolled.remove(ALICE.name());
    assertForged(batch.getLast(), "not enrolled");
  }

  @Test
  void whoeverComesBackWithAnotherKeyLeavesTheOldRecordsForged() {
    List<Message> batch = ALICE.seal(drafts(2));
    check(batch.getFirst());
    var anew = new Author(Scribe.HOUSE, ALICE.name(), FixedKeys.of(9));
    enrolled.put(ALICE.name(), Scribe.known(anew));
    assertForged(batch.getLast(), "does not hold");
  }

  @Test
  void manyBatchesAtOnceAreCheckedAsWell() {
    List<List<Message>> batches =
        IntStream.range(0, 200).mapToObj(i -> (i % 2 == 0 ? ALICE : BOB)).map(this::two).toList();
    for (int record = 0; record < 2; record++) {
      for (List<Message> batch : batches) {
        assertThat(check(batch.get(record))).isNotNull();
      }
    }
  }

  @Test
  void aKeyThatIsNoneVerifiesNothing() {
    for (int length : new int[] {0, 1, 32, 44, 1000}) {
      assertThat(Authorship.verifies(Bytes.of(new byte[length]), new byte[1], new byte[64]))
          .isFalse();
    }
    byte[] statement = "s".getBytes(UTF_8);
    assertThat(Authorship.verifies(ALICE.publicKey(), statement, new byte[0])).isFalse();
    assertThat(Authorship.verifies(ALICE.publicKey(), statement, new byte[64])).isFalse();
  }

  @Tag(LongFuzzing.TAG)
  @Property(tries = 200)
  void strangeKeysAndSignaturesVerifyNothing(
      @ForAll @Size(32) byte[] point, @ForAll @Size(64) byte[] signature) {
    byte[] spki = ALICE.publicKey().toArray();
    assertThat(Authorship.verifies(ALICE.publicKey(), new byte[1], signature)).isFalse();
    System.arraycopy(point, 0, spki, spki.length - 32, 32);
    Authorship.verifies(Bytes.of(spki), new byte[1], signature);
  }

  @Property(tries = 300)
  void anyChangedBitOfASignatureIsForged(@ForAll @IntRange(max = 100_000) int any) {
    Message m = ALICE.seal(drafts(5)).get(any % 5);
    var s = BatchSignature.parse(m.need(Message.SIGNATURE));
    byte[] bytes = java.util.Base64.getUrlDecoder().decode(s.text().substring(3));
    int bit = any % (8 * bytes.length);
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    String text = "v1." + java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    assertForged(m.with(Message.SIGNATURE, text), "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/houses/00112233445566778899aabbccddeeff/authors/",
        "/houses/00112233445566778899aabbccddeeff/authors/A",
        "/houses/00112233445566778899aabbccddeeff/authors/a\n",
        "/houses/00112233445566778899aabbccddeeff/authors/orchestrator-1/x"
      })
  void aSourceThatNamesNobodyIsForged(String source) {
    assertForged(ALICE.seal(drafts(1)).getFirst().with(Message.SOURCE, source), "the record");
  }

  private List<Message> two(Author author) {
    String batch = "batch " + batches++;
    return author.seal(List.of(draft(author).with("b", batch), draft(author).with("c", batch)));
  }

  private static List<Message> drafts(int size) {
    var drafts = new ArrayList<Message>();
    for (int i = 0; i < size; i++) {
      drafts.add(draft(ALICE).with(Message.ID, "r-" + i));
    }
    return drafts;
  }

  private static Message draft(Author author) {
    return author.draft(
        "carousel.results", "key", "r-0", "carousel.x.v1", Scribe.AT, "{}".getBytes(UTF_8));
  }

  private KnownAuthor check(Message message) {
    return authorship.check(message, name -> Optional.ofNullable(enrolled.get(name)));
  }

  private void assertForged(Message message, String why) {
    assertThatThrownBy(() -> check(message))
        .isInstanceOf(ForgedRecord.class)
        .hasMessageContaining(why);
  }
}
