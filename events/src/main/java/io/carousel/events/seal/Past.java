package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.HouseEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a history remembers of the records that it has accepted: of each the first 64 bits of its
 * hash, so that an exact repeat is told from another record under the same number; and where terms
 * began, so that what an aborted transaction has left behind is known as such. Eight bytes for each
 * of the last million records. Thread-safe.
 */
public final class Past {
  /** How many records are remembered. */
  static final int MOST = 1 << 20;

  private static final int TERMS = 4_096;
  private static final int SMALLEST = 1 << 10;

  // Guarded by this. The record of a sequence number stands at that number modulo the length.
  private long[] prints = new long[SMALLEST];
  private long first = 1;
  private long last;
  private final List<Term> terms = new ArrayList<>();

  /** A term of the log, and the event that began it. */
  public record Term(long sequence, AuthorName owner) {}

  /**
   * All of it as a value.
   *
   * @param first the lowest sequence number that is remembered
   * @param prints eight bytes for each record from there on
   * @param terms the last of them, in order
   */
  public record Kept(long first, Bytes prints, List<Term> terms) {
    /** Copies. */
    public Kept {
      terms = List.copyOf(terms);
    }
  }

  /** Of an empty log. */
  Past() {}

  /** Of a log that is read on after that many records, of which nothing is known. */
  static Past after(long sequence) {
    var past = new Past();
    past.first = sequence + 1;
    past.last = sequence;
    return past;
  }

  /**
   * Of a log that was read before.
   *
   * @throws IllegalArgumentException if it does not end with that record
   */
  static Past of(Kept kept, Head head) {
    byte[] bytes = kept.prints().toArray();
    if (bytes.length % Long.BYTES != 0
        || kept.first() + bytes.length / Long.BYTES - 1 != head.sequence()) {
      throw new IllegalArgumentException("what is remembered of the log is of another length");
    }
    var past = after(kept.first() - 1);
    var in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      past.add(past.last + 1, in.getLong());
    }
    if (bytes.length > 0 && past.print(head.sequence()) != print(head.hash())) {
      throw new IllegalArgumentException("what is remembered of the log is of another log");
    }
    past.terms.addAll(kept.terms());
    return past;
  }

  /**
   * Checks what was remembered of a log that ends with that record.
   *
   * @throws IllegalArgumentException if it is of another log
   */
  public static void check(Kept kept, Head head) {
    var _ = of(kept, head);
  }

  /** As a value. */
  public synchronized Kept kept() {
    var out = ByteBuffer.allocate(Math.toIntExact(last - first + 1) * Long.BYTES);
    for (long sequence = first; sequence <= last; sequence++) {
      out.putLong(print(sequence));
    }
    return new Kept(first, Bytes.of(out.array()), terms);
  }

  /** Takes the next record in. */
  synchronized void add(Recorded next) {
    add(next.sequence(), print(next.hash()));
    if (next.event() instanceof HouseEvent.TermStarted term) {
      terms.add(new Term(next.sequence(), term.owner()));
      if (terms.size() > TERMS) {
        terms.removeFirst();
      }
    }
  }

  private void add(long sequence, long print) {
    if (sequence - first >= prints.length) {
      if (prints.length < MOST) {
        grow();
      } else {
        first++;
      }
    }
    last = sequence;
    prints[place(sequence)] = print;
  }

  private void grow() {
    long[] before = prints;
    prints = new long[2 * before.length];
    for (long sequence = first; sequence <= last; sequence++) {
      prints[place(sequence)] = before[(int) (sequence % before.length)];
    }
  }

  private int place(long sequence) {
    return (int) (sequence % prints.length);
  }

  private long print(long sequence) {
    return prints[place(sequence)];
  }

  private static long print(Digest hash) {
    return HexFormat.fromHexDigitsToLong(hash.value(), 0, 2 * Long.BYTES);
  }

  /** Whether it is known which record was accepted under that number. */
  public synchronized boolean remembers(long sequence) {
    return sequence >= first && sequence <= last;
  }

  /** Whether that record was accepted under that number, as far as it is remembered. */
  public synchronized boolean holds(long sequence, Digest hash) {
    return remembers(sequence) && print(sequence) == print(hash);
  }

  /**
   * Whether a transaction of that author whose first event has that number may have been given up:
   * its author's term ended there. The next term began under the same number.
   */
  synchronized boolean endedBefore(long begin, AuthorName author) {
    OptionalInt term = termAt(begin);
    return term.isPresent()
        && term.getAsInt() > 0
        && terms.get(term.getAsInt() - 1).owner().equals(author);
  }

  /** Whether a term began after that event, and not after the other. */
  synchronized boolean termBeganWithin(long after, long upTo) {
    for (int i = terms.size() - 1; i >= 0 && terms.get(i).sequence() > after; i--) {
      if (terms.get(i).sequence() <= upTo) {
        return true;
      }
    }
    return false;
  }

  private OptionalInt termAt(long sequence) {
    for (int i = terms.size() - 1; i >= 0 && terms.get(i).sequence() >= sequence; i--) {
      if (terms.get(i).sequence() == sequence) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
