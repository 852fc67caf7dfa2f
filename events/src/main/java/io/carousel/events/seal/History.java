package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.Event;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.Statements;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.wire.Wire;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log from its first record, or from a known head, and lets nothing pass that cannot be:
 * the sequence has no gap, each record holds the hash of the one before, each is signed by an
 * orchestrator enrolled at that point, and the first by the founder that was pinned; time goes back
 * only where an event says so; each HSM key that it tells of has signed that it is there, and each
 * host that a token let in has asked for it. One thread at a time.
 *
 * <p>Whoever can write to Kafka can put any bytes there, and copies of genuine records. Those are
 * no part of the history: {@link #place} names them and stays where it was. What an enrolled
 * orchestrator has signed, and contradicts what it or another has signed before, cannot be: {@link
 * ImpossibleHistory}. The order in Kafka decides which record comes first.
 */
public final class History {
  private static final int EARLY_MOST = 64;

  private final Optional<Bytes> founder;
  private Roster roster = Roster.EMPTY;
  private Optional<HouseId> house = Optional.empty();
  private Authorship authorship;
  private Head head = Head.EMPTY;
  private Instant at = Instant.MIN;
  private Past past = new Past();
  private final List<Early> early = new ArrayList<>();

  /**
   * A genuine record that stands before others which it follows.
   *
   * @param begin the sequence number of the first event of its transaction
   */
  private record Early(long sequence, long begin, AuthorName author) {}

  private History(Optional<Bytes> founder) {
    this.founder = founder;
  }

  /**
   * From the first record.
   *
   * @param founder the key (SubjectPublicKeyInfo) that must have signed it; empty: whoever did, as
   *     for an auditor who compares the house id by other means
   */
  public static History fromStart(Optional<Bytes> founder) {
    return new History(founder);
  }

  /**
   * From a head that was checked before, with its time and who was enrolled then.
   *
   * @throws IllegalArgumentException for an empty log: who founded it must be checked
   */
  public static History from(
      HouseId house, Head head, Instant at, Collection<KnownAuthor> authors) {
    return from(house, head, at, Roster.of(authors));
  }

  /** As above. */
  public static History from(HouseId house, Head head, Instant at, Roster roster) {
    return from(house, head, at, roster, Past.after(head.sequence()));
  }

  /**
   * As above, with what was remembered.
   *
   * @throws IllegalArgumentException also if that is of another log
   */
  public static History from(
      HouseId house, Head head, Instant at, Roster roster, Past.Kept remembered) {
    return from(house, head, at, roster, Past.of(remembered, head));
  }

  private static History from(HouseId house, Head head, Instant at, Roster roster, Past past) {
    if (head.sequence() < 1) {
      throw new IllegalArgumentException("an empty log is read from its start");
    }
    var history = new History(Optional.empty());
    history.enter(house);
    history.head = head;
    history.at = at;
    history.roster = roster;
    history.past = past;
    return history;
  }

  /** How far it has read. */
  public Head head() {
    return head;
  }

  /** When the last that it has read happened; {@link Instant#MIN} before the first. */
  public Instant at() {
    return at;
  }

  /** Whose log this is; empty before the first record. */
  public Optional<HouseId> house() {
    return house;
  }

  /** Who may sign at this point. */
  public Roster roster() {
    return roster;
  }

  /** Who may sign at this point. */
  public List<KnownAuthor> authors() {
    return roster.authors();
  }

  /** One of them. */
  public Optional<KnownAuthor> author(AuthorName name) {
    return roster.author(name);
  }

  /**
   * Says which records come next, so that their signatures are verified on all processors instead
   * of one after the other. Nothing else comes of it.
   */
  public void foresee(Collection<Unplaced> next) {
    if (authorship != null) {
      authorship.foresee(
          next.stream().filter(n -> !past.holds(n.claimedSequence(), n.digest())).toList(),
          roster::author);
    }
  }

  /** What it remembers of the records before. */
  public Past past() {
    return past;
  }

  /**
   * Takes a record that must be the next: in a log in which nothing else can be.
   *
   * @throws ImpossibleHistory if it is not the next; this history stays where it was
   */
  public Recorded accept(Message message) {
    return accept(Unplaced.of(message));
  }

  /** As above, for a record that was read before. */
  public Recorded accept(Unplaced next) {
    return switch (place(next)) {
      case Placed.Next n -> n.recorded();
      case Placed.Stray s ->
          throw impossible(
              next.claimedSequence() > head.sequence() + 1
                  ? missing(next.claimedSequence())
                  : s.reason());
    };
  }

  /**
   * Takes what stands next in Kafka: the next event, or something that is no part of the history.
   *
   * @throws ImpossibleHistory if an enrolled orchestrator has signed what cannot be; this history
   *     stays where it was
   */
  public Placed place(Unplaced next) {
    long claimed = next.claimedSequence();
    if (past.holds(claimed, next.digest())) {
      return new Placed.Stray(
          Placed.Kind.REPEATED, "record %d stands there again".formatted(claimed));
    }
    KnownAuthor author;
    try {
      author = head.sequence() == 0 ? founding(next) : author(next);
    } catch (RuntimeException e) {
      return new Placed.Stray(Placed.Kind.UNSIGNED, String.valueOf(e.getMessage()));
    }
    try {
      return signed(next, author);
    } catch (ImpossibleHistory e) {
      throw e;
    } catch (RuntimeException e) {
      throw impossible(String.valueOf(e.getMessage()));
    }
  }

  /** Takes what this process wrote itself, and need not check. */
  public void adopt(Recorded written) {
    if (written.sequence() != head.sequence() + 1) {
      throw new IllegalArgumentException(
          "event %d does not follow event %d".formatted(written.sequence(), head.sequence()));
    }
    goOn(written);
  }

  /**
   * Which record is missing, once everything that is there has been read: a later one is there, and
   * those between are not.
   */
  public Optional<ImpossibleHistory> gap() {
    return early.stream()
        .filter(e -> e.begin() > head.sequence() + 1)
        .min(Comparator.comparingLong(Early::sequence))
        .map(e -> impossible(missing(e.sequence())));
  }

  private static String missing(long there) {
    return "it is missing; the next one there is %d".formatted(there);
  }

  private ImpossibleHistory impossible(String why) {
    return new ImpossibleHistory(head.sequence() + 1, why);
  }

  /** An orchestrator that is enrolled has signed it. */
  private Placed signed(Unplaced next, KnownAuthor author) {
    long sequence = next.sequence();
    if (sequence == head.sequence() + 1 && next.continues(head.hash())) {
      Recorded recorded = next.recorded();
      check(next.message(), recorded);
      goOn(recorded);
      return new Placed.Next(recorded);
    }
    long begin = sequence - next.placeInBatch();
    if (wasGivenUp(next, author, begin)) {
      return new Placed.Stray(
          Placed.Kind.GIVEN_UP,
          "record %d was written in a transaction that was given up".formatted(sequence));
    }
    if (sequence <= head.sequence()) {
      return before(sequence, next.digest());
    }
    if (sequence == head.sequence() + 1) {
      throw new ForgedRecord("it does not continue the record before it");
    }
    if (early.size() < EARLY_MOST) {
      early.add(new Early(sequence, begin, author.name()));
    }
    return new Placed.Stray(Placed.Kind.EARLY, missing(sequence));
  }

  private Placed before(long sequence, Digest hash) {
    if (past.remembers(sequence)) {
      throw new ForgedRecord(
          "another record %d stands there (hash %s), signed as well; the log was forked"
              .formatted(sequence, hash.brief()));
    }
    return new Placed.Stray(
        Placed.Kind.OLD,
        "a record %d stands there, and it is not remembered which one was read"
            .formatted(sequence));
  }

  /**
   * Whether real operation leaves such a record behind, signed and never committed, so that it can
   * be put into the log by whoever saw it pass. A term ends with the first transaction that fails,
   * and the next term begins where that transaction began; a founding, or the first transaction of
   * a term, may itself have failed. A term that begins within the numbers of a transaction has
   * followed on what somebody had put in of it: all of a transaction counts, or none.
   */
  private boolean wasGivenUp(Unplaced next, KnownAuthor author, long begin) {
    boolean isFirst = begin == next.sequence();
    if (begin > head.sequence() || (isFirst && begin > 1 && !followed(begin - 1, next))) {
      return false;
    }
    return past.endedBefore(begin, author.name())
        || past.termBeganWithin(begin, next.sequence())
        || switch (next.recorded().event()) {
          case HouseEvent.TermStarted term ->
              term.owner().equals(author.name()) && (isFirst || begin == 1);
          case HouseEvent.Founded _ -> next.sequence() == 1;
          default -> false;
        };
  }

  private boolean followed(long sequence, Unplaced next) {
    return !past.remembers(sequence) || past.holds(sequence, next.previous());
  }

  private void check(Message message, Recorded recorded) {
    checkTime(message, recorded.event());
    if (recorded.event() instanceof HouseEvent.FeatureLevelRaised(int level, _, _)) {
      checkLevel(level, recorded.sequence());
    }
    if (recorded.event() instanceof KeyShown shown) {
      checkPossession(shown);
    }
    if (recorded.event() instanceof ParticipantEnrolledByToken enrolled) {
      checkEnrolment(enrolled);
    }
    if (recorded.event() instanceof HouseEvent.Founded f) {
      if (recorded.sequence() > 1) {
        throw new ForgedRecord("a house is founded once");
      }
      checkLevel(f.featureLevel(), 1);
    }
  }

  private void goOn(Recorded next) {
    if (next.event() instanceof HouseEvent.Founded founded) {
      enter(founded.house());
    }
    roster = roster.after(next.event());
    head = new Head(next.sequence(), next.hash());
    at = next.event().at();
    past.add(next);
    early.removeIf(e -> e.sequence() <= head.sequence() || past.endedBefore(e.begin(), e.author()));
  }

  private void checkTime(Message message, Event event) {
    Instant time = event.at();
    String header = message.need(Message.TIME);
    if (!header.equals(time.toString())) {
      throw new ForgedRecord(
          "its header says that it was written at %s, and its value %s".formatted(header, time));
    }
    if (event instanceof HouseEvent.TimeSetBack back) {
      checkSetBack(back);
    } else if (time.isBefore(at)) {
      throw new ForgedRecord(
          "it is of %s, and the record before it of %s; time never goes back".formatted(time, at));
    }
  }

  private void checkSetBack(HouseEvent.TimeSetBack back) {
    if (!back.from().equals(at) || !back.at().isBefore(at)) {
      throw new ForgedRecord(
          "it sets the time back from %s to %s, and the record before it is of %s"
              .formatted(back.from(), back.at(), at));
    }
  }

  /** A key speaks for itself: not even an orchestrator can write one into the log without it. */
  private void checkPossession(KeyShown e) {
    byte[] statement =
        Statements.possessionOfKey(
            house.orElseThrow(), e.command(), e.slot(), e.key(), e.publicKey());
    if (!isSignedBy(SubjectPublicKey.of(e.publicKey()), statement, e.possession())) {
      throw new ForgedRecord(
          "key %s of slot '%s' did not sign that it is there".formatted(e.key(), e.slot()));
    }
  }

  /** Nor can it let a host in that never asked, or by a token whose holder never did. */
  private void checkEnrolment(ParticipantEnrolledByToken e) {
    EnrolmentRequest asked = e.request();
    byte[] statement = asked.statement(house.orElseThrow());
    if (!EnrolmentTokenId.of(e.tokenKey()).equals(asked.token())
        || !Ed25519Signature.verifies(e.tokenKey(), statement, asked.tokenSignature().toArray())) {
      throw new ForgedRecord(
          "the key of enrolment token %s did not sign that '%s' may be enrolled"
              .formatted(asked.token(), asked.participant()));
    }
    if (!Ed25519Signature.verifies(
        asked.identityKey(), statement, asked.identitySignature().toArray())) {
      throw new ForgedRecord(
          "the identity key of '%s' did not sign that it asks to be enrolled"
              .formatted(asked.participant()));
    }
  }

  private static boolean isSignedBy(SubjectPublicKey key, byte[] statement, Bytes signature) {
    Suite suite =
        key.suite().orElseThrow(() -> new ForgedRecord("it shows a key that is of no suite"));
    try {
      Signature s = Signature.getInstance(suite.jcaSignature());
      s.initVerify(key.jca());
      s.update(statement);
      return s.verify(signature.toArray());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK verifies signatures of suite " + suite, e);
    }
  }

  private KnownAuthor author(Unplaced next) {
    KnownAuthor author = authorship.check(next, roster::author);
    if (author.role() != AuthorRole.ORCHESTRATOR) {
      throw new ForgedRecord("author '%s' may not write events".formatted(author.name()));
    }
    return author;
  }

  private KnownAuthor founding(Unplaced next) {
    if (!(next.recorded().event() instanceof HouseEvent.Founded founded)) {
      throw new ForgedRecord("a log begins with its founding");
    }
    if (founder.isPresent() && !founder.get().equals(founded.publicKey())) {
      throw new ForgedRecord("the house was not founded by the key that is pinned");
    }
    return new Authorship(founded.house()).check(next, Roster.EMPTY.after(founded)::author);
  }

  private static void checkLevel(int level, long sequence) {
    if (level > Wire.FEATURE_LEVEL) {
      throw new ImpossibleHistory(
          sequence,
          "the house is at feature level %d and this program knows %d; start a newer program"
              .formatted(level, Wire.FEATURE_LEVEL));
    }
  }

  private void enter(HouseId id) {
    house = Optional.of(id);
    authorship = new Authorship(id);
  }
}
