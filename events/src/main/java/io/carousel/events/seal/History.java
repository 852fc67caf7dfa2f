package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a log from its first record, or from a known head, and lets nothing pass that cannot be:
 * the sequence has no gap, each record holds the hash of the one before, each is signed by an
 * orchestrator enrolled at that point, and the first by the founder that was pinned. It holds no
 * more than the head and the authors. One thread at a time.
 */
public final class History {
  private final Wire wire;
  private final Optional<Bytes> founder;
  private final SortedMap<AuthorName, KnownAuthor> authors = new TreeMap<>();
  private Optional<HouseId> house = Optional.empty();
  private Authorship authorship;
  private Head head = Head.EMPTY;

  private History(Wire wire, Optional<Bytes> founder) {
    this.wire = wire;
    this.founder = founder;
  }

  /**
   * From the first record.
   *
   * @param founder the key (SubjectPublicKeyInfo) that must have signed it; empty: whoever did, as
   *     for an auditor who compares the house id by other means
   */
  public static History fromStart(Optional<Bytes> founder) {
    return new History(Wire.CURRENT, founder);
  }

  /** From a head that was checked before, with who was enrolled then. */
  public static History from(HouseId house, Head head, Collection<KnownAuthor> authors) {
    var history = new History(Wire.CURRENT, Optional.empty());
    history.enter(house);
    history.head = head;
    authors.forEach(a -> history.authors.put(a.name(), a));
    return history;
  }

  /** How far it has read. */
  public Head head() {
    return head;
  }

  /** Whose log this is; empty before the first record. */
  public Optional<HouseId> house() {
    return house;
  }

  /** Who may sign at this point. */
  public List<KnownAuthor> authors() {
    return List.copyOf(authors.values());
  }

  /** One of them. */
  public Optional<KnownAuthor> author(AuthorName name) {
    return Optional.ofNullable(authors.get(name));
  }

  /**
   * Takes the next record.
   *
   * @throws ImpossibleHistory if it cannot be the next; this history stays where it was
   */
  public Recorded accept(Message message) {
    long sequence = head.sequence() + 1;
    try {
      return check(message, sequence);
    } catch (ForgedRecord | UnreadableRecord | IllegalArgumentException e) {
      throw new ImpossibleHistory(sequence, e.getMessage());
    }
  }

  private Recorded check(Message message, long sequence) {
    long claimed = Long.parseLong(message.need(Message.SEQUENCE));
    if (claimed != sequence) {
      throw new ImpossibleHistory(
          sequence,
          claimed > sequence
              ? "it is missing; the next one there is %d".formatted(claimed)
              : "record %d stands there again".formatted(claimed));
    }
    if (!message.need(Message.PREVIOUS_HASH).equals(head.hash().value())) {
      throw new ImpossibleHistory(sequence, "it does not continue the record before it");
    }
    byte[] hash = MessageHash.of(message);
    Event event = wire.event(message.need(Message.TYPE), message.value());
    KnownAuthor author = author(message, hash, event, sequence);
    if (author.role() != AuthorRole.ORCHESTRATOR) {
      throw new ForgedRecord("author '%s' may not write events".formatted(author.name()));
    }
    if (event instanceof HouseEvent.FeatureLevelRaised(int level, _, _)) {
      checkLevel(level, sequence);
    }
    var recorded =
        new Recorded(
            sequence,
            Digest.ofHash(hash),
            message.need(Message.ID),
            author.name(),
            message.header(Message.COMMAND_ID).map(CommandId::new),
            message.header(Message.ACT_DIGEST).map(Digest::new),
            Long.parseLong(message.need(Message.POSITION)),
            Integer.parseInt(message.need(Message.RULE_VERSION)),
            message.tags(),
            event);
    fold(event);
    head = new Head(sequence, recorded.hash());
    return recorded;
  }

  private KnownAuthor author(Message message, byte[] hash, Event event, long sequence) {
    if (sequence > 1) {
      return authorship.check(message, hash, this::author);
    }
    if (!(event instanceof HouseEvent.Founded founded)) {
      throw new ForgedRecord("a log begins with its founding");
    }
    if (founder.isPresent() && !founder.get().equals(founded.publicKey())) {
      throw new ForgedRecord("the house was not founded by the key that is pinned");
    }
    checkLevel(founded.featureLevel(), sequence);
    var self =
        new KnownAuthor(
            founded.founder(), AuthorRole.ORCHESTRATOR, Optional.empty(), founded.publicKey());
    return new Authorship(founded.house())
        .check(message, hash, n -> Optional.of(self).filter(a -> a.name().equals(n)));
  }

  private static void checkLevel(int level, long sequence) {
    if (level > Wire.FEATURE_LEVEL) {
      throw new ImpossibleHistory(
          sequence,
          "the house is at feature level %d and this program knows %d; start a newer program"
              .formatted(level, Wire.FEATURE_LEVEL));
    }
  }

  private void fold(Event event) {
    switch (event) {
      case HouseEvent.Founded f -> {
        enter(f.house());
        authors.put(
            f.founder(),
            new KnownAuthor(f.founder(), AuthorRole.ORCHESTRATOR, Optional.empty(), f.publicKey()));
      }
      case HouseEvent.AuthorEnrolled e ->
          authors.put(e.author(), new KnownAuthor(e.author(), e.role(), e.slot(), e.publicKey()));
      case HouseEvent.AuthorRemoved r -> authors.remove(r.author());
      default -> {
        // says nothing of who may sign
      }
    }
  }

  private void enter(HouseId id) {
    house = Optional.of(id);
    authorship = new Authorship(id);
  }
}
