package io.carousel.orchestrator.axon;

import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.log.Chronicle;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Predicate;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.messaging.core.Context;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.SimpleEntry;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.TerminalEventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;

/** Committed events as Axon reads them, a page at a time. Thread-safe. */
abstract class LogStream implements MessageStream<EventMessage> {
  private static final int PAGE = 500;

  private final Chronicle<?> chronicle;
  private final Translation translation;
  private final Predicate<Recorded> wanted;
  private final ArrayDeque<Entry<EventMessage>> page = new ArrayDeque<>();
  private long read;
  private Throwable fault;
  private boolean closed;

  /**
   * @param after the sequence number after which to begin
   */
  LogStream(
      Chronicle<?> chronicle, Translation translation, Predicate<Recorded> wanted, long after) {
    this.chronicle = chronicle;
    this.translation = translation;
    this.wanted = wanted;
    this.read = after;
  }

  /** The last sequence number that may be read now. */
  abstract long end();

  /** Whether nothing comes after the end. */
  abstract boolean ends();

  /** What stands after the last event; null if nothing does, or it was taken. */
  abstract Entry<EventMessage> last();

  abstract void tookLast();

  @Override
  public synchronized Optional<Entry<EventMessage>> peek() {
    fill();
    if (!page.isEmpty()) {
      return Optional.of(page.peekFirst());
    }
    return closed || fault != null || read < end() ? Optional.empty() : Optional.ofNullable(last());
  }

  @Override
  public synchronized Optional<Entry<EventMessage>> next() {
    Optional<Entry<EventMessage>> next = peek();
    if (!page.isEmpty()) {
      page.removeFirst();
    } else if (next.isPresent()) {
      tookLast();
    }
    return next;
  }

  private void fill() {
    while (page.isEmpty() && !closed && fault == null && read < end()) {
      try {
        int most = Math.toIntExact(Math.min(PAGE, end() - read));
        for (Recorded event : chronicle.read(read + 1, most)) {
          read = event.sequence();
          if (wanted.test(event)) {
            page.addLast(entry(event));
          }
        }
      } catch (RuntimeException e) {
        fault = e;
      }
    }
  }

  private Entry<EventMessage> entry(Recorded event) {
    return new SimpleEntry<>(
        translation.message(event),
        TrackingToken.addToContext(
            Context.empty(), new GlobalSequenceTrackingToken(event.sequence())));
  }

  @Override
  public synchronized boolean hasNextAvailable() {
    return peek().isPresent();
  }

  @Override
  public synchronized Optional<Throwable> error() {
    return Optional.ofNullable(fault);
  }

  @Override
  public synchronized boolean isCompleted() {
    return closed || fault != null || (ends() && peek().isEmpty());
  }

  @Override
  public synchronized void close() {
    closed = true;
    page.clear();
  }

  /** What is there now, and then how far that was. */
  static final class Sourced extends LogStream {
    private final long end;
    private boolean taken;

    /**
     * @param start the index, from 0, of the first event
     */
    Sourced(
        Chronicle<?> chronicle,
        Translation translation,
        Predicate<Recorded> wanted,
        long start,
        long end) {
      super(chronicle, translation, wanted, start);
      this.end = end;
    }

    @Override
    long end() {
      return end;
    }

    @Override
    boolean ends() {
      return true;
    }

    @Override
    Entry<EventMessage> last() {
      return taken
          ? null
          : new SimpleEntry<>(
              TerminalEventMessage.INSTANCE,
              Context.with(ConsistencyMarker.RESOURCE_KEY, new GlobalIndexConsistencyMarker(end)));
    }

    @Override
    void tookLast() {
      taken = true;
    }

    @Override
    public void setCallback(Runnable callback) {
      callback.run();
    }
  }

  /** What is there, and whatever comes. */
  static final class Live extends LogStream {
    private final Chronicle<?> chronicle;
    private Chronicle.Following following = () -> {};

    Live(Chronicle<?> chronicle, Translation translation, Predicate<Recorded> wanted, long after) {
      super(chronicle, translation, wanted, after);
      this.chronicle = chronicle;
    }

    @Override
    long end() {
      return chronicle.now().head().sequence();
    }

    @Override
    boolean ends() {
      return false;
    }

    @Override
    Entry<EventMessage> last() {
      return null;
    }

    @Override
    void tookLast() {
      throw new IllegalStateException("a live stream has no end");
    }

    @Override
    public synchronized void setCallback(Runnable callback) {
      following.close();
      // Not in the log's thread: a processor may read older events in it.
      following = chronicle.onGrowth(() -> Thread.startVirtualThread(callback));
      callback.run();
    }

    @Override
    public synchronized void close() {
      following.close();
      super.close();
    }
  }
}
