package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityEvent.KeyShown;
import io.carousel.events.Bytes;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.FleetEvent.ParticipantEnrolledByToken;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.Statements;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Reads a log from its first record, or from a known head, and lets nothing pass that cannot be:
 * the sequence has no gap, each record holds the hash of the one before, each is signed by an
 * orchestrator enrolled at that point, and the first by the founder that was pinned; time never
 * goes back; each HSM key that it tells of has signed that it is there, and each host that a token
 * let in has asked for it. It holds no more than the head, its time and the authors. One thread at
 * a time.
 */
public final class History {
  private final Optional<Bytes> founder;
  private Roster roster = Roster.EMPTY;
  private Optional<HouseId> house = Optional.empty();
  private Authorship authorship;
  private Head head = Head.EMPTY;
  private Instant at = Instant.MIN;

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
    if (head.sequence() < 1) {
      throw new IllegalArgumentException("an empty log is read from its start");
    }
    var history = new History(Optional.empty());
    history.enter(house);
    history.head = head;
    history.at = at;
    history.roster = roster;
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
      authorship.foresee(next, roster::author);
    }
  }

  /**
   * Takes the next record.
   *
   * @throws ImpossibleHistory if it cannot be the next; this history stays where it was
   */
  public Recorded accept(Message message) {
    return accept(Unplaced.of(message));
  }

  /** As above, for a record that was read before. */
  public Recorded accept(Unplaced next) {
    long sequence = head.sequence() + 1;
    try {
      return check(next, sequence);
    } catch (ForgedRecord | UnreadableRecord | IllegalArgumentException e) {
      throw new ImpossibleHistory(sequence, e.getMessage());
    }
  }

  private Recorded check(Unplaced next, long sequence) {
    checkPlace(next, sequence);
    KnownAuthor author = sequence == 1 ? founding(next) : author(next);
    if (author.role() != AuthorRole.ORCHESTRATOR) {
      throw new ForgedRecord("author '%s' may not write events".formatted(author.name()));
    }
    Recorded recorded = next.recorded();
    checkTime(next.message(), recorded.event().at());
    if (recorded.event() instanceof HouseEvent.FeatureLevelRaised(int level, _, _)) {
      checkLevel(level, sequence);
    }
    if (recorded.event() instanceof KeyShown shown) {
      checkPossession(shown);
    }
    if (recorded.event() instanceof ParticipantEnrolledByToken enrolled) {
      checkEnrolment(enrolled);
    }
    if (recorded.event() instanceof HouseEvent.Founded founded) {
      if (sequence > 1) {
        throw new ForgedRecord("a house is founded once");
      }
      enter(founded.house());
    }
    roster = roster.after(recorded.event());
    head = new Head(sequence, recorded.hash());
    at = recorded.event().at();
    return recorded;
  }

  private void checkTime(Message message, Instant time) {
    String header = message.need(Message.TIME);
    if (!header.equals(time.toString())) {
      throw new ForgedRecord(
          "its header says that it was written at %s, and its value %s".formatted(header, time));
    }
    if (time.isBefore(at)) {
      throw new ForgedRecord(
          "it is of %s, and the record before it of %s; time never goes back".formatted(time, at));
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

  private void checkPlace(Unplaced next, long sequence) {
    long claimed = next.sequence();
    if (claimed != sequence) {
      throw new ImpossibleHistory(
          sequence,
          claimed > sequence
              ? "it is missing; the next one there is %d".formatted(claimed)
              : "record %d stands there again".formatted(claimed));
    }
    if (!next.continues(head.hash())) {
      throw new ImpossibleHistory(sequence, "it does not continue the record before it");
    }
  }

  private KnownAuthor author(Unplaced next) {
    return authorship.check(next, roster::author);
  }

  private KnownAuthor founding(Unplaced next) {
    if (!(next.recorded().event() instanceof HouseEvent.Founded founded)) {
      throw new ForgedRecord("a log begins with its founding");
    }
    if (founder.isPresent() && !founder.get().equals(founded.publicKey())) {
      throw new ForgedRecord("the house was not founded by the key that is pinned");
    }
    checkLevel(founded.featureLevel(), 1);
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
