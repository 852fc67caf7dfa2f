package io.carousel.events.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.KeyAdopted;
import io.carousel.events.AuthorityEvent.KeyDestroyed;
import io.carousel.events.AuthorityEvent.KeyDestructionRequested;
import io.carousel.events.AuthorityEvent.KeyRequested;
import io.carousel.events.AuthorityEvent.KeyStageReached;
import io.carousel.events.AuthorityEvent.SurplusKeyFound;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.Format;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseEvent.SlotFrozen;
import io.carousel.events.HouseEvent.SlotThawed;
import io.carousel.events.KeyId;
import io.carousel.events.KeyStage;
import io.carousel.events.SigningCommand.DestroyKey;
import io.carousel.events.SigningCommand.GenerateKey;
import io.carousel.events.SigningCommand.InspectToken;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the book orders what is asked for in every history is shown by the simulations of rules. */
@Timeout(60)
class OrderBookTest {
  private static final AuthorityName USER = new AuthorityName("user");
  private static final SlotName SLOT = new SlotName("hsm-a");
  private static final AuthorName WORKER = new AuthorName("signer-1");
  private static final KeyId KEY = new KeyId("a1");
  private static final Bytes PUBLIC = Bytes.of(new byte[] {1});
  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

  private final OrderBook book = new OrderBook();
  private long sequence;
  private int ids;

  private CommandId id() {
    return CommandId.of(AT, new byte[] {(byte) ++ids, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  }

  private long happens(Event event) {
    book.accept(
        new Recorded(
            ++sequence,
            Digest.of(new byte[] {0}),
            "e-" + sequence,
            new AuthorName("orchestrator-1"),
            Optional.empty(),
            Optional.empty(),
            0,
            1,
            Collections.emptySortedSet(),
            event));
    return sequence;
  }

  private GenerateKey wanted;

  @BeforeEach
  void want() {
    CommandId id = id();
    long event = happens(new KeyRequested(USER, 1, SLOT, Format.X509, id, Suite.ED25519, AT));
    wanted = new GenerateKey(id, event, USER, 1, SLOT, Format.X509, Suite.ED25519);
  }

  private void adopted() {
    happens(new KeyAdopted(USER, 1, SLOT, Format.X509, wanted.command(), KEY, PUBLIC, WORKER, AT));
  }

  private void reaches(KeyStage stage, Optional<Instant> until) {
    happens(new KeyStageReached(USER, 1, SLOT, Format.X509, KEY, stage, until, AT));
  }

  private DestroyKey doomed(Instant at) {
    CommandId id = id();
    long event =
        happens(
            new KeyDestructionRequested(
                USER, 1, SLOT, Format.X509, id, KEY, PUBLIC, "its hold is over", at));
    return new DestroyKey(id, event, USER, 1, SLOT, Format.X509, KEY, PUBLIC);
  }

  private void unordered(io.carousel.events.SigningCommand.KeyCommand asked, String why) {
    assertThat(book.find(asked))
        .isInstanceOfSatisfying(Finding.Unordered.class, u -> assertThat(u.why()).contains(why));
  }

  private void barred(DestroyKey asked, String why) {
    assertThat(book.find(asked))
        .isInstanceOfSatisfying(Finding.Barred.class, b -> assertThat(b.why()).contains(why));
  }

  @Test
  void exactlyWhatWasOrderedStands() {
    assertThat(book.find(wanted)).isInstanceOf(Finding.Stands.class);
    var g = wanted;
    unordered(
        new GenerateKey(id(), g.event(), USER, 1, SLOT, Format.X509, Suite.ED25519),
        "no event of the log ordered");
    unordered(
        new GenerateKey(g.command(), g.event() + 1, USER, 1, SLOT, Format.X509, Suite.ED25519),
        "another event");
    unordered(
        new GenerateKey(g.command(), g.event(), USER, 2, SLOT, Format.X509, Suite.ED25519),
        "another generation");
    unordered(
        new GenerateKey(g.command(), g.event(), USER, 1, SLOT, Format.SSH, Suite.ECDSA_P256),
        "another format, suite");
    unordered(
        new GenerateKey(
            g.command(), g.event(), USER, 1, new SlotName("hsm-b"), Format.X509, Suite.ED25519),
        "another slot");
    unordered(
        new InspectToken(g.command(), g.event(), SLOT, List.of()),
        "ordered as carousel.generate-key.v1, and asks for carousel.inspect-token.v1");
  }

  @Test
  void answeredOrderIsToldFromOneThatNeverWas() {
    adopted();
    assertThat(book.find(wanted)).isInstanceOf(Finding.Ended.class);
    unordered(
        new GenerateKey(
            wanted.command(), wanted.event(), USER, 1, SLOT, Format.X509, Suite.RSA_2048),
        "ordered something else");
  }

  @Test
  void anotherWishForTheSamePlaceEndsTheOneBefore() {
    happens(new KeyRequested(USER, 1, SLOT, Format.X509, id(), Suite.ED25519, AT));
    assertThat(book.find(wanted)).isInstanceOf(Finding.Ended.class);
    assertThat(book.standing()).hasSize(1);
  }

  /** Whatever the log orders: a key that is in use, or held for longer, stays. */
  @Test
  void keyIsDestroyedOnlyAfterItsHold() {
    adopted();
    barred(doomed(AT), "it is not retired: its stage is adopted");
  }

  @Test
  void signingKeyIsNotDestroyed() {
    adopted();
    reaches(KeyStage.SIGNING, Optional.empty());
    barred(doomed(AT), "its stage is signing");
  }

  @Test
  void keyThatIsHeldForLongerIsNotDestroyed() {
    adopted();
    reaches(KeyStage.HELD, Optional.of(AT.plus(Duration.ofDays(7))));
    barred(doomed(AT.plus(Duration.ofDays(7)).minusMillis(1)), "held until 2026-03-08");
  }

  @Test
  void keyThatIsHeldForEverIsNotDestroyed() {
    adopted();
    reaches(KeyStage.HELD, Optional.empty());
    barred(doomed(AT.plus(Duration.ofDays(9999))), "held for ever");
  }

  @Test
  void keyThatIsTrustedOnceMoreIsNotDestroyed() {
    adopted();
    reaches(KeyStage.HELD, Optional.of(AT));
    reaches(KeyStage.TRUSTED, Optional.empty());
    barred(doomed(AT.plusSeconds(1)), "its stage is trusted");
  }

  @Test
  void keyThatTheLogDoesNotKnowIsNotDestroyed() {
    barred(doomed(AT), "the log knows no key a1");
  }

  @Test
  void keyWithAnotherPublicKeyIsNotDestroyed() {
    happens(
        new KeyAdopted(
            USER,
            1,
            SLOT,
            Format.X509,
            wanted.command(),
            KEY,
            Bytes.of(new byte[] {2}),
            WORKER,
            AT));
    reaches(KeyStage.HELD, Optional.of(AT));
    barred(doomed(AT), "another public key");
  }

  @Test
  void keyIsDestroyedOnceAfterItsHoldAndNotWhileItsSlotIsFrozen() {
    adopted();
    reaches(KeyStage.HELD, Optional.of(AT.plus(Duration.ofDays(7))));
    works(AT, AT.plus(Duration.ofDays(7)));
    DestroyKey destroy = doomed(AT.plus(Duration.ofDays(7)));
    assertThat(book.find(destroy)).isInstanceOf(Finding.Stands.class);
    assertThat(book.heldUntil(destroy)).contains(AT.plus(Duration.ofDays(7)));
    happens(new SlotFrozen(SLOT, "a key is missing", AT.plus(Duration.ofDays(7))));
    barred(destroy, "frozen");
    happens(new SlotThawed(SLOT, "looked into", "p-1", AT.plus(Duration.ofDays(7))));
    assertThat(book.find(destroy)).isInstanceOf(Finding.Stands.class);
    happens(
        new KeyDestroyed(
            USER,
            1,
            SLOT,
            Format.X509,
            destroy.command(),
            KEY,
            Optional.of(WORKER),
            AT.plus(Duration.ofDays(7))));
    assertThat(book.find(destroy)).isInstanceOf(Finding.Ended.class);
    assertThat(book.find(wanted)).isInstanceOf(Finding.Ended.class);
  }

  /** As a cluster does in which something happens every day. */
  private void works(Instant from, Instant to) {
    for (Instant at = from; at.isBefore(to); at = at.plus(Duration.ofDays(1))) {
      happens(new SlotThawed(SLOT, "looked into", "p-1", at));
    }
  }

  @Test
  void holdEndsNotInADayAfterTheTimeLeapt() {
    adopted();
    Instant end = AT.plus(Duration.ofDays(7));
    reaches(KeyStage.HELD, Optional.of(end));
    Instant ahead = AT.plus(Duration.ofDays(30));
    barred(doomed(ahead), "held until " + ahead.plus(Duration.ofDays(1)));
  }

  @Test
  void holdThatBeganWhileTheClocksWereAheadEndsByThePresent() {
    adopted();
    Duration ahead = Duration.ofDays(10_000);
    works(AT.plus(ahead), AT.plus(ahead).plusSeconds(1));
    happens(
        new KeyStageReached(
            USER,
            1,
            SLOT,
            Format.X509,
            KEY,
            KeyStage.HELD,
            Optional.of(AT.plus(ahead).plus(Duration.ofDays(7))),
            AT.plus(ahead)));
    Instant now = AT.plusSeconds(60);
    happens(new HouseEvent.TimeSetBack(AT.plus(ahead), WORKER, now));
    works(now, now.plus(Duration.ofDays(7)));
    barred(doomed(now.plus(Duration.ofDays(7)).minusSeconds(1)), "held until");
  }

  @Test
  void holdThatBeganBeforeTheClocksWereBehindIsNotMoved() {
    adopted();
    works(AT, AT.plusSeconds(1));
    Instant end = AT.plus(Duration.ofDays(7));
    reaches(KeyStage.HELD, Optional.of(end));
    Instant behind = AT.minus(Duration.ofDays(30));
    happens(new HouseEvent.TimeSetBack(AT, WORKER, behind));
    works(behind, end.minusSeconds(1));
    barred(doomed(end.minusSeconds(1)), "held until " + end);
  }

  @Test
  void secondKeyOfOneCommandNeedsNoHold() {
    happens(
        new SurplusKeyFound(USER, 1, SLOT, Format.X509, wanted.command(), KEY, PUBLIC, WORKER, AT));
    assertThat(book.find(doomed(AT))).isInstanceOf(Finding.Stands.class);
    assertThat(book.others(SLOT, new KeyId("b2"))).isEmpty();
  }

  @Test
  void othersAreThoseInUse() {
    adopted();
    assertThat(book.others(SLOT, new KeyId("b2"))).containsExactly(KEY);
    assertThat(book.others(SLOT, KEY)).isEmpty();
    assertThat(book.others(new SlotName("hsm-b"), new KeyId("b2"))).isEmpty();
    reaches(KeyStage.HELD, Optional.of(AT));
    assertThat(book.others(SLOT, new KeyId("b2"))).isEmpty();
  }
}
