package io.carousel.events.seal;

import io.carousel.events.CommandId;
import io.carousel.events.Digest;
import io.carousel.events.wire.Wire;
import java.util.function.Supplier;

/**
 * A record of the log that was read, and not yet put in its place: whatever can be worked out
 * without knowing what came before, so that several threads can do it. A fault in it is told when
 * it is placed.
 */
public final class Unplaced {
  private final Message message;
  private final byte[] hash;
  private final Attempt<Long> sequence;
  private final Attempt<Claim> claim;
  private final Attempt<Recorded> recorded;

  /** What came of reading a part of a record. */
  private record Attempt<T>(T value, RuntimeException fault) {
    static <T> Attempt<T> at(Supplier<T> reading) {
      try {
        return new Attempt<>(reading.get(), null);
      } catch (RuntimeException e) {
        // Whatever a stranger's bytes bring about is a fault of the record, and of nothing else.
        return new Attempt<>(null, e);
      }
    }

    T or(T other) {
      return fault == null ? value : other;
    }

    T get() {
      if (fault != null) {
        throw fault;
      }
      return value;
    }
  }

  private Unplaced(Message message) {
    var sha = new Sha256();
    this.message = message;
    this.hash = MessageHash.of(message, sha);
    this.sequence = Attempt.at(() -> message.needNumber(Message.SEQUENCE));
    this.claim = Attempt.at(() -> Claim.of(message, hash, sha));
    this.recorded = Attempt.at(() -> recorded(message, sequence.get(), hash));
  }

  /** Reads a record. Never fails: what is wrong is told when it is asked for. */
  public static Unplaced of(Message message) {
    return new Unplaced(message);
  }

  /** As it travelled. */
  public Message message() {
    return message;
  }

  /** Of its signature; fails if it has none. */
  Claim claim() {
    return claim.get();
  }

  /**
   * The sequence number that it claims.
   *
   * @throws ForgedRecord if it claims none
   */
  public long sequence() {
    return sequence.get();
  }

  /** The sequence number that it claims; 0 if it claims none, as no record does. */
  public long claimedSequence() {
    return sequence.or(0L);
  }

  /** Where it stands in its batch, from 0; fails if it has no signature. */
  int placeInBatch() {
    return BatchSignature.parse(message.need(Message.SIGNATURE)).index();
  }

  /**
   * The hash of the record before, as it says.
   *
   * @throws ForgedRecord if it says none
   */
  Digest previous() {
    return new Digest(message.need(Message.PREVIOUS_HASH));
  }

  /** Its hash. */
  public Digest digest() {
    return Digest.ofHash(hash);
  }

  /** Whether it continues the record of that hash. */
  public boolean continues(Digest before) {
    return message.need(Message.PREVIOUS_HASH).equals(before.value());
  }

  /**
   * What it says, by whom it says. For a reader who knows from elsewhere that it is genuine.
   *
   * @throws ForgedRecord if a header is missing, or says what it cannot
   * @throws io.carousel.events.wire.UnreadableRecord if there is no event in it that this program
   *     knows
   */
  public Recorded recorded() {
    return recorded.get();
  }

  private static Recorded recorded(Message message, long sequence, byte[] hash) {
    return new Recorded(
        sequence,
        Digest.ofHash(hash),
        message.need(Message.ID),
        Author.named(message.need(Message.SOURCE)),
        message.header(Message.COMMAND_ID).map(CommandId::new),
        message.header(Message.ACT_DIGEST).map(Digest::new),
        message.needNumber(Message.POSITION),
        ruleVersion(message),
        message.tags(),
        Wire.CURRENT.event(message.need(Message.TYPE), message.value()));
  }

  private static int ruleVersion(Message message) {
    long version = message.needNumber(Message.RULE_VERSION);
    if (version > Integer.MAX_VALUE) {
      throw new ForgedRecord("there is no rule version " + version);
    }
    return (int) version;
  }
}
