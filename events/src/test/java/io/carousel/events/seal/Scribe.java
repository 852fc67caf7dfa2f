package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.SlotName;
import io.carousel.events.wire.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes logs as an owner does, in batches, the same in every run. */
final class Scribe {
  static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  static final HouseId HOUSE = new HouseId("00112233445566778899aabbccddeeff");
  static final Author FOUNDER =
      new Author(HOUSE, new AuthorName("orchestrator-1"), FixedKeys.of(1));
  static final Author SECOND = new Author(HOUSE, new AuthorName("orchestrator-2"), FixedKeys.of(2));
  static final Author WORKER = new Author(HOUSE, new AuthorName("worker-a"), FixedKeys.of(3));
  static final SlotName SLOT = new SlotName("hsm-a");

  private final List<Message> log = new ArrayList<>();
  private Head head = Head.EMPTY;

  /** A log of 1, 3, 1 and 3 records; the second orchestrator writes the last. */
  static List<Message> story() {
    return new Scribe()
        .write(FOUNDER, founded())
        .write(FOUNDER, term(1, FOUNDER), enrolled(WORKER), slot())
        .write(FOUNDER, enrolled(SECOND))
        .write(SECOND, term(2, SECOND), refused("stale"), removed(FOUNDER))
        .log();
  }

  /** One batch. */
  Scribe write(Author author, Event... events) {
    var drafts = new ArrayList<Message>();
    Head next = head;
    for (Event event : events) {
      Message draft = draft(author, event, next);
      drafts.add(draft);
      next = new Head(next.sequence() + 1, Authorship.hash(draft));
    }
    log.addAll(author.seal(drafts));
    head = next;
    return this;
  }

  List<Message> log() {
    return List.copyOf(log);
  }

  /** The record of that event after that head, not signed. */
  static Message draft(Author author, Event event, Head after) {
    Wire.Typed typed = Wire.CURRENT.write(event);
    long sequence = after.sequence() + 1;
    return author
        .draft("carousel.events", null, "e-" + sequence, typed.type(), event.at(), typed.value())
        .with(
            Map.of(
                Message.SEQUENCE,
                Long.toString(sequence),
                Message.PREVIOUS_HASH,
                after.hash().value(),
                Message.POSITION,
                "7",
                Message.RULE_VERSION,
                "1"));
  }

  static Message signed(Author author, Event event, Head after) {
    return author.seal(List.of(draft(author, event, after))).getFirst();
  }

  static HouseEvent founded() {
    return new HouseEvent.Founded(HOUSE, FOUNDER.name(), FOUNDER.publicKey(), 1, AT);
  }

  static HouseEvent term(long number, Author owner) {
    return new HouseEvent.TermStarted(number, owner.name(), 7, AT);
  }

  static HouseEvent enrolled(Author author) {
    boolean worker = author == WORKER;
    return new HouseEvent.AuthorEnrolled(
        author.name(),
        worker ? AuthorRole.WORKER : AuthorRole.ORCHESTRATOR,
        worker ? Optional.of(SLOT) : Optional.empty(),
        author.publicKey(),
        "p-1",
        AT);
  }

  static HouseEvent removed(Author author) {
    return new HouseEvent.AuthorRemoved(author.name(), "it left", "p-1", AT);
  }

  static HouseEvent slot() {
    return new HouseEvent.SlotRegistered(SLOT, "softhsm", "one disk", "p-1", AT);
  }

  static HouseEvent refused(String code) {
    return new HouseEvent.ActRefused("carousel.advance.v1", code, "größer als gedacht", AT);
  }

  static KnownAuthor known(Author author) {
    boolean worker = author == WORKER;
    return new KnownAuthor(
        author.name(),
        worker ? AuthorRole.WORKER : AuthorRole.ORCHESTRATOR,
        worker ? Optional.of(SLOT) : Optional.empty(),
        author.publicKey());
  }

  /** The head after those records. */
  static Head headOf(List<Message> records) {
    return new Head(records.size(), Authorship.hash(records.getLast()));
  }

  static Digest hash(Message message) {
    return Authorship.hash(message);
  }
}
