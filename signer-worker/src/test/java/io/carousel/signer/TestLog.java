package io.carousel.signer;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorityEvent.AuthorityOpened;
import io.carousel.events.Event;
import io.carousel.events.HouseEvent.Founded;
import io.carousel.events.HouseId;
import io.carousel.events.SlotName;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Authorship;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.Message;
import io.carousel.events.wire.Wire;
import io.carousel.signer.trust.LogTail;
import io.carousel.signer.trust.LogUnreachable;
import io.carousel.signer.trust.PhaseCheck;
import io.carousel.signer.trust.Roll;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** A log in memory, of which a worker has read as much as a test lets it. */
public final class TestLog implements LogTail {
  private final HouseId house;
  public final Author founder;
  public final Roll roll;
  // Written and not yet read: what a tail finds when it catches up.
  private final Queue<Message> unread = new ArrayDeque<>();
  private Head head = Head.EMPTY;
  private boolean reachable = true;
  private int catchUps;

  /** Of that house; founded, and read. */
  public TestLog(HouseId house) {
    this.house = house;
    this.founder = new Author(house, new AuthorName("orchestrator-1"), Author.newKey());
    this.roll = new Roll(founder.publicKey());
    write(new Founded(house, founder.name(), founder.publicKey(), 1, Instant.now()));
    read();
  }

  /** What passes for the authority of {@link Asked} while its generation 1 signs. */
  public static PhaseCheck opened(HouseId house) {
    var log = new TestLog(house);
    log.write(Asked.created(List.of(new SlotName("hsm-a"))));
    log.write(new AuthorityOpened(Asked.USER, 1, 1, Instant.now()));
    log.read();
    return log.check();
  }

  /** By this log. */
  public PhaseCheck check() {
    return new PhaseCheck(roll, this);
  }

  /** Writes an event; gives its number. */
  public long write(Event event) {
    return write(founder, event);
  }

  /** As above, by whoever. */
  public long write(Author by, Event event) {
    Message message = message(by, event, head);
    head = new Head(head.sequence() + 1, Authorship.hash(message));
    unread.add(message);
    return head.sequence();
  }

  /** The record that would follow that head. */
  public static Message message(Author by, Event event, Head head) {
    Wire.Typed typed = Wire.CURRENT.write(event);
    Message draft =
        by.draft(
                "carousel.events",
                null,
                Asked.id().value(),
                typed.type(),
                event.at(),
                typed.value())
            .with(
                Map.of(
                    Message.SEQUENCE,
                    Long.toString(head.sequence() + 1),
                    Message.PREVIOUS_HASH,
                    head.hash().value(),
                    Message.RULE_VERSION,
                    "1",
                    Message.POSITION,
                    "0"));
    return by.seal(List.of(draft)).getFirst();
  }

  /** Lets the worker read what was written. */
  public void read() {
    while (!unread.isEmpty()) {
      roll.accept(unread.remove());
    }
  }

  /** From now on the end of the log cannot be asked for. */
  public void unreachable() {
    reachable = false;
  }

  /** How often somebody read to the end. */
  public int catchUps() {
    return catchUps;
  }

  @Override
  public void catchUp() throws LogUnreachable {
    catchUps++;
    if (!reachable) {
      throw new LogUnreachable("fault of the test", null);
    }
    read();
  }

  @Override
  public String toString() {
    return "the log of " + house;
  }
}
