package io.carousel.orchestrator.log;

import io.carousel.events.seal.Author;
import io.carousel.events.seal.History;
import io.carousel.events.seal.ImpossibleHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance of the log: follows it, and owns it when the group says so. A thread of its own does
 * all of that.
 *
 * @param <S> the state
 */
public final class ControlLog<S> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLog.class);
  private static final Duration STANDBY_WAIT = Duration.ofMillis(25);
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final int LOSSES_IN_VAIN = 3;
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(2);

  private final LogConfig config;
  private final Author author;
  private final Watcher watcher;
  private final InstantSource clock;
  private final Cuts cuts;
  private final Places places;
  private final WriterIds ids;
  private final OpenTransactions transactions;
  private final LiveChronicle<S> chronicle;
  private final OlderEvents older;
  private final Snapshots<S> snapshots;
  private final Ticker ticker;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Input.Proposed> proposals = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<CompletableFuture<Long>> upToDate =
      new ConcurrentLinkedQueue<>();
  private final List<Await> awaited = new ArrayList<>();
  private final List<Batch<S>> unsettled = new ArrayList<>();
  private HighestHead highest;
  private EventTail<S> tail;
  private volatile Candidate candidate;
  private volatile Standing standing = Standing.REPLAYING;
  private volatile boolean closing;
  private Duration backoff = FIRST_BACKOFF;
  private int losses;

  private ControlLog(
      LogConfig config,
      Author author,
      Judge<S> judge,
      Optional<SnapshotCodec<S>> codec,
      Watcher watcher,
      InstantSource clock,
      Cuts cuts) {
    this.config = config;
    this.author = author;
    this.watcher = watcher;
    this.clock = clock;
    this.cuts = cuts;
    this.places = new Places(config.cluster());
    this.ids = new WriterIds("carousel-owner-" + author.house());
    this.transactions =
        new OpenTransactions(config.cluster(), ids, () -> standing == Standing.OWNER, clock);
    this.older = new OlderEvents(config.cluster());
    this.chronicle =
        new LiveChronicle<>(judge, config.pace(), older, this::askUpToDate, transactions::all);
    this.snapshots = new Snapshots<>(config, author.house(), codec);
    this.ticker = new Ticker(config.cluster(), author, clock);
    this.thread = Thread.ofPlatform().name("carousel-log").unstarted(this::run);
  }

  /**
   * Replays what there is, then follows, and stands for ownership. The topics must be there ({@link
   * TopicSetup}).
   *
   * @param author signs what this instance writes; its house is the log's
   * @param snapshots how states are kept between starts; empty: they are not
   * @throws BrokerUnreachable if there is no broker
   * @throws ImpossibleHistory if the log cannot be
   * @throws IllegalStateException if the log is empty and no house is to be founded, or it is of
   *     another house
   * @throws UncheckedIOException if the folder cannot be used
   */
  public static <S> ControlLog<S> open(
      LogConfig config,
      Author author,
      Judge<S> judge,
      Optional<SnapshotCodec<S>> snapshots,
      Watcher watcher) {
    return open(config, author, judge, snapshots, watcher, InstantSource.system(), Cuts.NONE);
  }

  /** As above, by that clock, and to be cut off somewhere. */
  static <S> ControlLog<S> open(
      LogConfig config,
      Author author,
      Judge<S> judge,
      Optional<SnapshotCodec<S>> snapshots,
      Watcher watcher,
      InstantSource clock,
      Cuts cuts) {
    var log = new ControlLog<>(config, author, judge, snapshots, watcher, clock, cuts);
    try {
      log.replay();
    } catch (IOException e) {
      log.release();
      throw new UncheckedIOException(e.getMessage(), e);
    } catch (RuntimeException e) {
      log.release();
      throw e;
    }
    log.transactions.start();
    log.thread.start();
    return log;
  }

  private void replay() throws IOException {
    // Not the very end: a transaction that a killed leader left open ends only when the broker
    // gives
    // it up, or when the next leader fences it, which then reads to the very end.
    long end = places.committedEnd();
    highest = HighestHead.open(config.folder());
    Snapshots.Restored restored = snapshots.restore(chronicle, older);
    tail =
        new EventTail<>(config.cluster(), chronicle, highest, history(restored), restored.offset());
    older.recognise(tail.past());
    tail.replayTo(end);
    Known<S> known = chronicle.known();
    highest.checkEnd(known.head());
    if (known.house().isEmpty() && config.foundingLevel().isEmpty()) {
      throw new IllegalStateException(nothingThere());
    }
    if (known.house().filter(h -> !h.equals(author.house())).isPresent()) {
      throw new IllegalStateException(
          "the log is of house %s, and this instance of house %s"
              .formatted(known.house().get(), author.house()));
    }
  }

  private String nothingThere() {
    StrayRecords strays = chronicle.strays();
    String topic = config.cluster().named("carousel.events");
    return strays.count() == 0
        ? "%s is empty: there is no house yet. To found one, start the first orchestrator so that it may; else check that this is the right cluster"
            .formatted(topic)
        : "%s holds %d records, and none of them founds a house (%s). To found one, start the first orchestrator so that it may; else check that this is the right cluster"
            .formatted(topic, strays.count(), strays.runs().getFirst().reason());
  }

  private History history(Snapshots.Restored restored) {
    Known<S> known = chronicle.known();
    return restored
        .past()
        .map(past ->
            History.from(
                known.house().orElseThrow(), known.head(), known.at(), known.roster(), past))
        .orElseGet(() -> History.fromStart(config.founder()));
  }

  /** What is committed. */
  public Chronicle<S> chronicle() {
    return chronicle;
  }

  /** What this instance does. */
  public Standing standing() {
    return standing;
  }

  /**
   * Writes events that come from no act.
   *
   * @return the sequence number of the last of them, once committed; fails with {@link NotOwner},
   *     {@link Conflict} or {@link NotCommitted}
   */
  public CompletableFuture<Long> propose(Proposal proposal) {
    var written = new CompletableFuture<Long>();
    proposals.add(new Input.Proposed(proposal, written));
    wake();
    if (closing || standing != Standing.OWNER) {
      refuseProposals();
    }
    return written;
  }

  private void refuseProposals() {
    for (Input.Proposed p = proposals.poll(); p != null; p = proposals.poll()) {
      p.written().completeExceptionally(new NotOwner("this instance does not own the log"));
    }
  }

  /** Somebody waits until everything before an offset is known. */
  private record Await(long offset, CompletableFuture<Long> reached) {}

  private CompletableFuture<Long> askUpToDate() {
    var asked = new CompletableFuture<Long>();
    upToDate.add(asked);
    wake();
    if (standing == Standing.STOPPED) {
      abandonWaiting();
    }
    return asked;
  }

  private void wake() {
    Candidate present = candidate;
    if (present != null) {
      present.wake();
    }
  }

  private void run() {
    try {
      become(Standing.STANDBY);
      while (!closing) {
        step();
      }
      snapshots.now(chronicle, tail.past());
    } catch (ImpossibleHistory e) {
      LOG.error("{}; this instance stops", e.getMessage());
      watcher.impossible(e);
    } catch (Cuts.Cut e) {
      if (!e.noticed) {
        candidate.vanish();
        candidate = null;
      }
    } catch (Throwable e) {
      LOG.error("The log cannot go on; this instance stops", e);
      watcher.failed(e);
    } finally {
      release();
    }
  }

  /** Follows, and takes over when elected. */
  private void step() {
    tail.poll(STANDBY_WAIT);
    snapshots.maybe(chronicle, tail.past());
    answerUpToDate();
    standOrNot();
    if (candidate != null) {
      candidate.poll(Duration.ZERO);
    }
    if (candidate != null && candidate.elected()) {
      own();
    } else {
      giveUpUnsettled();
    }
  }

  /** Only who may sign events stands for ownership. */
  private void standOrNot() {
    boolean may =
        chronicle.known().head().sequence() == 0
            ? config.foundingLevel().isPresent()
            : chronicle
                .author(author.name())
                .filter(a -> a.publicKey().equals(author.publicKey()))
                .isPresent();
    if (may && candidate == null) {
      candidate = new Candidate(config.cluster(), config.pace().batchActs());
    } else if (!may && candidate != null) {
      candidate.close();
      candidate = null;
    }
  }

  private void own() {
    int election = candidate.election();
    var term =
        new Ownership<>(
            config, author, chronicle, tail, candidate, places, ids, transactions, clock, cuts);
    try (term) {
      term.begin();
      settleByLog();
      become(Standing.OWNER);
      backoff = FIRST_BACKOFF;
      losses = 0;
      serve(term, election);
    } catch (LostTransaction e) {
      LOG.warn("The term ended: {}", e.getMessage());
      pauseAfterLoss();
      standAnewIfInVain();
    } finally {
      // Whatever ended the term, somebody may wait for what it wrote last.
      term.unsure().ifPresent(unsettled::add);
    }
    become(Standing.STANDBY);
    if (candidate != null) {
      candidate.pause();
    }
  }

  /**
   * The group may have given this instance up without its hearing of it: Kafka's client sends no
   * heartbeat for as long as its clock was set back by. A new member is known to both.
   */
  private void standAnewIfInVain() {
    losses++;
    if (losses >= LOSSES_IN_VAIN) {
      LOG.warn("{} terms ended one after the other; this instance stands as a new member", losses);
      losses = 0;
      candidate.close();
      candidate = null;
    }
  }

  private void serve(Ownership<S> term, int election) {
    Duration idle = Duration.ZERO;
    while (!closing && candidate.elected(election) && !term.removed()) {
      List<ConsumerRecord<byte[], byte[]>> polled = candidate.poll(idle);
      if (!candidate.elected(election)) {
        return;
      }
      term.round(inputs(polled));
      snapshots.maybe(chronicle, tail.past());
      answerUpToDate();
      Known<S> known = chronicle.known();
      idle = ticker.tick(known.at(), chronicle.judge().nextDue(known.state()), term.idle());
    }
  }

  private List<Input> inputs(List<ConsumerRecord<byte[], byte[]>> polled) {
    var inputs = new ArrayList<Input>(polled.size());
    polled.forEach(r -> inputs.add(new Input.Command(r)));
    for (Input.Proposed p = proposals.poll(); p != null; p = proposals.poll()) {
      inputs.add(p);
    }
    return inputs;
  }

  /** Leaves the group the time to say whether this instance is still elected. */
  private void pauseAfterLoss() {
    candidate.pause();
    candidate.poll(backoff);
    Duration longer = backoff.multipliedBy(2);
    backoff = longer.compareTo(LONGEST_BACKOFF) < 0 ? longer : LONGEST_BACKOFF;
  }

  /** After fence and replay the log says what became of transactions of unknown outcome. */
  private void settleByLog() {
    for (Batch<S> batch : unsettled) {
      for (Batch.Promise promise : batch.promises()) {
        if (promise.wasKept(chronicle)) {
          promise.kept();
        } else {
          promise.broken(new NotCommitted());
        }
      }
    }
    unsettled.clear();
  }

  private void giveUpUnsettled() {
    unsettled.forEach(b ->
        b.broken(
            new NotOwner(
                "this instance lost the log while it wrote; ask again under the same id")));
    unsettled.clear();
  }

  private void answerUpToDate() {
    if (!upToDate.isEmpty()) {
      long end = places.eventsEnd();
      for (var asked = upToDate.poll(); asked != null; asked = upToDate.poll()) {
        awaited.add(new Await(end, asked));
      }
      tail.poll(Duration.ofMillis(1));
    } else if (!awaited.isEmpty()) {
      tail.poll(Duration.ofMillis(1));
    }
    long known = tail.offset();
    awaited.removeIf(a -> a.offset() <= known && a.reached().complete(known));
  }

  private void abandonWaiting() {
    var stopped = new IllegalStateException("the log is closed");
    for (var asked = upToDate.poll(); asked != null; asked = upToDate.poll()) {
      asked.completeExceptionally(stopped);
    }
    awaited.forEach(a -> a.reached().completeExceptionally(stopped));
    awaited.clear();
  }

  private void become(Standing next) {
    standing = next;
    if (next != Standing.OWNER) {
      refuseProposals();
    }
    watcher.standing(next);
  }

  /** Gives everything back; Kafka hears that this instance leaves. */
  private void release() {
    giveUpUnsettled();
    close("the group", candidate);
    close("the log", tail);
    close("the chronicle", chronicle);
    close("the ticker", ticker);
    close("the admin client", places);
    close("the look at transactions", transactions);
    close("the highest head", highest);
    become(Standing.STOPPED);
    abandonWaiting();
  }

  private static void close(String what, AutoCloseable part) {
    try {
      if (part != null) {
        part.close();
      }
    } catch (Exception e) {
      LOG.warn("{} could not be closed", what, e);
    }
  }

  /** Stops; as the owner, gives way at once. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      thread.join(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
