package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.Event;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.events.wire.Wire;

/**
 * A record of the log that was read, and not yet put in its place: whatever can be worked out
 * without knowing what came before, so that several threads can do it. A fault in it is told when
 * it is placed.
 */
public final class Unplaced {
  private final Message message;
  private final byte[] hash;
  private Event event;
  private RuntimeException fault;

  private Unplaced(Message message) {
    this.message = message;
    this.hash = MessageHash.of(message);
  }

  /** Reads a record. Never fails: what is wrong is told by {@link #event()}. */
  public static Unplaced of(Message message) {
    var unplaced = new Unplaced(message);
    try {
      unplaced.event = Wire.CURRENT.event(message.need(Message.TYPE), message.value());
    } catch (ForgedRecord | UnreadableRecord | IllegalArgumentException e) {
      unplaced.fault = e;
    }
    return unplaced;
  }

  /** As it travelled. */
  public Message message() {
    return message;
  }

  byte[] hash() {
    return hash;
  }

  /**
   * The sequence number that it claims.
   *
   * @throws ForgedRecord if it claims none
   */
  public long sequence() {
    return message.needNumber(Message.SEQUENCE);
  }

  /** Its hash. */
  public Digest digest() {
    return Digest.ofHash(hash);
  }

  /** Whether it continues the record of that hash. */
  public boolean continues(Digest before) {
    return message.need(Message.PREVIOUS_HASH).equals(before.value());
  }

  /** The event in it; fails if it holds none. */
  Event event() {
    if (fault != null) {
      throw fault;
    }
    return event;
  }

  /**
   * What it says, for a reader who knows by its hash that it is genuine.
   *
   * @throws ForgedRecord if a header is missing, or says what it cannot
   */
  public Recorded as(AuthorName author) {
    return new Recorded(
        sequence(),
        digest(),
        message.need(Message.ID),
        author,
        message.header(Message.COMMAND_ID).map(CommandId::new),
        message.header(Message.ACT_DIGEST).map(Digest::new),
        message.needNumber(Message.POSITION),
        ruleVersion(),
        message.tags(),
        event());
  }

  private int ruleVersion() {
    long version = message.needNumber(Message.RULE_VERSION);
    if (version > Integer.MAX_VALUE) {
      throw new ForgedRecord("there is no rule version " + version);
    }
    return (int) version;
  }
}
