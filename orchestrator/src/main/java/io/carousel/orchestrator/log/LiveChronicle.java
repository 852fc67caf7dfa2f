package io.carousel.orchestrator.log;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.Reply;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chronicle that the log's thread writes. Each growth is published at once: whoever sees the
 * new head sees the new state. Holds the last events in memory and knows where in Kafka to find the
 * older ones.
 */
final class LiveChronicle<S> implements Chronicle<S>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveChronicle.class);

  /** Whoever waits goes on in a thread of its own, and never holds up the log's. */
  private static final Executor ELSEWHERE = Thread::startVirtualThread;

  private final Judge<S> judge;
  private final Outcomes outcomes;
  private final Strays stray = new Strays(InstantSource.system());
  private final OlderEvents older;
  private final Supplier<List<OpenTransaction>> transactions;
  private final Supplier<CompletableFuture<Long>> askUpToDate;
  private final List<Runnable> callbacks = new CopyOnWriteArrayList<>();

  private volatile Known<S> known;

  private final Lock lock = new ReentrantLock();
  private final Condition growth = lock.newCondition();

  // Guarded by the lock: recent, held, lastOffset, anchors, waiting, closed. An event stands at its
  // number modulo the length.
  private final Recorded[] recent;
  private int held;
  private long lastOffset = -1;
  private final Anchors anchors = new Anchors();
  private final TreeMap<Long, CompletableFuture<Committed<S>>> waiting = new TreeMap<>();
  private boolean closed;

  /**
   * @param askUpToDate asks the log's thread to read on to what is the end now
   * @param transactions that hold readers up
   */
  LiveChronicle(
      Judge<S> judge,
      LogConfig.Pace pace,
      OlderEvents older,
      Supplier<CompletableFuture<Long>> askUpToDate,
      Supplier<List<OpenTransaction>> transactions) {
    this.transactions = transactions;
    this.judge = judge;
    this.askUpToDate = askUpToDate;
    this.recent = new Recorded[pace.recent()];
    this.outcomes = new Outcomes(pace.remembered());
    this.older = older;
    this.known = Known.nothing(judge);
  }

  /** Starts from a snapshot. Called before anything is added. */
  void restore(Known<S> snapshot, Outcomes.Memory memory, List<Anchors.Anchor> where, long offset) {
    lock.lock();
    try {
      known = snapshot;
      lastOffset = offset;
      outcomes.restore(memory);
      anchors.restore(where);
    } finally {
      lock.unlock();
    }
  }

  /**
   * All of it but the events.
   *
   * @param offset where the last event stands
   */
  record Whole<S>(
      Known<S> known, long offset, Outcomes.Memory memory, List<Anchors.Anchor> anchors) {}

  /** All of it at one moment. */
  Whole<S> whole() {
    lock.lock();
    try {
      return new Whole<>(known, lastOffset, outcomes.memory(), anchors.all());
    } finally {
      lock.unlock();
    }
  }

  /** An event and where it stands in Kafka. */
  record At(Recorded event, long offset) {}

  /**
   * Adds what was read or committed.
   *
   * @param events at least one
   * @param next what is known after them
   */
  void add(List<At> events, Known<S> next) {
    List<CompletableFuture<Committed<S>>> reached;
    lock.lock();
    try {
      events.forEach(this::keep);
      lastOffset = events.getLast().offset();
      known = next;
      var due = waiting.headMap(next.head().sequence(), true);
      reached = List.copyOf(due.values());
      due.clear();
      growth.signalAll();
    } finally {
      lock.unlock();
    }
    Committed<S> now = next.committed();
    reached.forEach(f -> f.completeAsync(() -> now, ELSEWHERE));
    callbacks.forEach(LiveChronicle::call);
  }

  /** One that fails keeps neither the others nor the log from going on. */
  private static void call(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      LOG.error("what follows the log's growth failed; it is called again as the log grows", e);
    }
  }

  private void keep(At at) {
    Recorded event = at.event();
    recent[place(event.sequence())] = event;
    held = Math.min(held + 1, recent.length);
    anchors.add(new Head(event.sequence(), event.hash()), at.offset());
    outcomes.remember(event);
  }

  private int place(long sequence) {
    return Math.toIntExact(sequence % recent.length);
  }

  /** The sequence number of the first event in memory; one past the head if there is none. */
  private long firstHeld() {
    return known.head().sequence() - held + 1;
  }

  Known<S> known() {
    return known;
  }

  Judge<S> judge() {
    return judge;
  }

  Outcomes outcomes() {
    return outcomes;
  }

  /** What is no part of the history. */
  Strays stray() {
    return stray;
  }

  @Override
  public StrayRecords strays() {
    return stray.records();
  }

  @Override
  public List<OpenTransaction> transactions() {
    return transactions.get();
  }

  @Override
  public Committed<S> now() {
    return known.committed();
  }

  @Override
  public CompletableFuture<Committed<S>> reached(long sequence) {
    lock.lock();
    try {
      if (known.head().sequence() < sequence) {
        return closed
            ? CompletableFuture.failedFuture(new IllegalStateException("the log is closed"))
            : waiting.computeIfAbsent(sequence, s -> new CompletableFuture<>()).copy();
      }
    } finally {
      lock.unlock();
    }
    return CompletableFuture.completedFuture(now());
  }

  /** Whoever gives up leaves nothing behind, as it would at a future that others wait for too. */
  @Override
  public boolean grows(long beyond, Duration wait) throws InterruptedException {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (!closed && known.head().sequence() <= beyond) {
        if (left <= 0) {
          return false;
        }
        left = growth.awaitNanos(left);
      }
      return known.head().sequence() > beyond;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CompletableFuture<Committed<S>> upToDate() {
    return askUpToDate.get().thenApplyAsync(end -> now(), ELSEWHERE);
  }

  @Override
  public Optional<KnownAuthor> author(AuthorName name) {
    return known.author(name);
  }

  @Override
  public Optional<Reply> outcome(CommandId command) {
    return outcomes.of(command).map(Outcome::reply);
  }

  @Override
  public List<Recorded> read(long from, int most) {
    OlderEvents.Stretch stretch;
    long start = Math.max(1, from);
    lock.lock();
    try {
      if (start > known.head().sequence()) {
        return List.of();
      }
      if (start >= firstHeld()) {
        return fromRecent(start, most);
      }
      stretch = stretch(start);
    } finally {
      lock.unlock();
    }
    return older.read(stretch, start, most);
  }

  private List<Recorded> fromRecent(long from, int most) {
    long end = Math.min(known.head().sequence(), from + most - 1);
    var found = new ArrayList<Recorded>();
    for (long sequence = from; sequence <= end; sequence++) {
      found.add(recent[place(sequence)]);
    }
    return found;
  }

  /** From the anchor before to the anchor after, or to the first event in memory. */
  private OlderEvents.Stretch stretch(long sequence) {
    Anchors.Anchor from = anchors.before(sequence);
    Anchors.Anchor to = anchors.after(sequence);
    if (from == null) {
      throw new IllegalStateException("the first record of every log is an anchor");
    }
    if (to != null) {
      return new OlderEvents.Stretch(from, to.head());
    }
    if (held == 0) {
      return new OlderEvents.Stretch(from, known.head());
    }
    Recorded first = recent[place(firstHeld())];
    return new OlderEvents.Stretch(from, new Head(first.sequence(), first.hash()));
  }

  @Override
  public Following onGrowth(Runnable callback) {
    callbacks.add(callback);
    return () -> callbacks.remove(callback);
  }

  @Override
  public Following follow(long from, Consumer<Recorded> consumer, Consumer<Throwable> broken) {
    var follower = new Follower(Math.max(1, from), consumer, broken);
    Thread.ofVirtual().name("carousel-log-follower").start(follower);
    return follower;
  }

  private final class Follower implements Following, Runnable {
    private final Consumer<Recorded> consumer;
    private final Consumer<Throwable> broken;
    private long next;
    private volatile boolean unwanted;

    Follower(long from, Consumer<Recorded> consumer, Consumer<Throwable> broken) {
      this.next = from;
      this.consumer = consumer;
      this.broken = broken;
    }

    @Override
    public void run() {
      try {
        while (awaitGrowth()) {
          hand(read(next, 1_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        if (!unwanted) {
          broken.accept(e);
        }
      }
    }

    private void hand(List<Recorded> events) {
      for (Recorded event : events) {
        if (unwanted) {
          return;
        }
        consumer.accept(event);
        next = event.sequence() + 1;
      }
    }

    private boolean awaitGrowth() throws InterruptedException {
      lock.lock();
      try {
        while (!closed && !unwanted && known.head().sequence() < next) {
          growth.await();
        }
        return !closed && !unwanted;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      unwanted = true;
      lock.lock();
      try {
        growth.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    List<CompletableFuture<Committed<S>>> abandoned;
    lock.lock();
    try {
      closed = true;
      abandoned = List.copyOf(waiting.values());
      waiting.clear();
      growth.signalAll();
    } finally {
      lock.unlock();
    }
    abandoned.forEach(f -> f.completeExceptionally(new IllegalStateException("the log is closed")));
    older.close();
  }
}
