package io.carousel.orchestrator.log;

import io.carousel.events.Identifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second for transactions in this house's topics that somebody else has left open, and
 * has the leader end them: nobody but the leader writes in transactions, and readers get nothing
 * that stands behind one that is open. Thread-safe; has a thread of its own.
 */
final class OpenTransactions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenTransactions.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Shorter ones hold nobody up. */
  private static final Duration LONG = Duration.ofSeconds(1);

  private static final Duration TOLD = Duration.ofDays(1);
  private static final int REMEMBERED = 100;

  private final Cluster cluster;
  private final Clients clients;
  private final WriterIds ids;
  private final BooleanSupplier leads;
  private final InstantSource clock;
  private final Admin admin;
  private final ScheduledExecutorService timer;
  private boolean unseen; // of the timer's thread

  // Guarded by this.
  private final Deque<OpenTransaction> ended = new ArrayDeque<>();
  private List<OpenTransaction> open = List.of();

  /**
   * Of that house.
   *
   * @param ids of the transactions that leaders write
   * @param leads whether this instance is the leader
   */
  OpenTransactions(Cluster cluster, WriterIds ids, BooleanSupplier leads, InstantSource clock) {
    this.cluster = cluster;
    this.clients = new Clients(cluster);
    this.ids = ids;
    this.leads = leads;
    this.clock = clock;
    this.admin = clients.admin();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("open-transactions").factory());
  }

  /** Begins to look. */
  void start() {
    var _ =
        timer.scheduleWithFixedDelay(
            this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      boolean leader = leads.getAsBoolean();
      Set<String> ours =
          (leader ? List.of(ids.current()) : ids.all())
              .stream().map(cluster::named).collect(Collectors.toSet());
      List<OpenTransaction> found = found(LONG, id -> !ours.contains(id));
      found.forEach(t -> say(t, leader));
      List<OpenTransaction> left = leader ? end(found) : found;
      synchronized (this) {
        open = left;
      }
      unseen = false;
    } catch (KafkaException | BrokerUnreachable | ExecutionException e) {
      if (!unseen) {
        LOG.info("whether transactions are open cannot be asked for: {}", e.toString());
      }
      unseen = true;
    } catch (RuntimeException e) {
      LOG.warn("open transactions are looked for again later", e);
    }
  }

  private void say(OpenTransaction t, boolean leader) {
    boolean said;
    synchronized (this) {
      said = open.stream().anyMatch(t::isSame);
    }
    if (!said) {
      LOG.warn(
          "transaction {} of producer {} is open in {} since {}, and nobody reads what stands behind it{}",
          Identifier.printable(t.id()),
          t.producer(),
          t.topics(),
          t.since(),
          leader ? "; this instance ends it" : "; the leader ends it");
    }
  }

  /**
   * Ends, before a term begins, what an earlier leader has begun and not ended, and what anybody
   * else has open in this house's topics.
   *
   * @throws KafkaException if that cannot be
   * @throws BrokerUnreachable if there is no broker
   */
  void endBeforeTerm() {
    Set<String> earlier = ids.all().stream().map(cluster::named).collect(Collectors.toSet());
    String own = cluster.named(ids.current());
    try {
      List<OpenTransaction> found = found(Duration.ZERO, id -> !id.equals(own));
      found.stream().filter(t -> !earlier.contains(t.id())).forEach(t -> say(t, true));
      for (OpenTransaction left : end(found)) {
        LOG.warn(
            "transaction {} cannot be ended: {}",
            Identifier.printable(left.id()),
            left.hindrance());
      }
    } catch (ExecutionException e) {
      throw new KafkaException(
          "open transactions cannot be ended: " + e.getCause().getMessage(), e.getCause());
    }
  }

  private List<OpenTransaction> found(Duration longer, Predicate<String> wanted)
      throws ExecutionException {
    var options = new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING));
    if (longer.isPositive()) {
      options.filterOnDuration(longer.toMillis());
    }
    List<String> names =
        clients.await(admin.listTransactions(options).all()).stream()
            .map(TransactionListing::transactionalId)
            .filter(wanted)
            .toList();
    var found = new ArrayList<OpenTransaction>();
    if (!names.isEmpty()) {
      var described = admin.describeTransactions(names);
      for (String name : names) {
        describe(name, described.description(name)).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<OpenTransaction> describe(
      String name, KafkaFuture<TransactionDescription> description) {
    try {
      TransactionDescription d = clients.await(description);
      var topics = new TreeSet<String>();
      d.topicPartitions().stream()
          .map(p -> p.topic())
          .filter(
              t -> t.startsWith(cluster.named("carousel.")) || t.startsWith(cluster.named("dlq.")))
          .forEach(topics::add);
      return topics.isEmpty() || d.transactionStartTimeMs().isEmpty()
          ? Optional.empty()
          : Optional.of(
              new OpenTransaction(
                  name,
                  d.producerId(),
                  topics,
                  Instant.ofEpochMilli(d.transactionStartTimeMs().getAsLong()),
                  Optional.empty(),
                  ""));
    } catch (ExecutionException e) {
      return Optional.empty(); // it has ended meanwhile, or is hidden from us
    }
  }

  /** Gives those that it could not end. */
  private List<OpenTransaction> end(Collection<OpenTransaction> all) {
    var left = new ArrayList<OpenTransaction>();
    if (all.isEmpty()) {
      return left;
    }
    Map<String, KafkaFuture<Void>> fenced =
        admin.fenceProducers(all.stream().map(OpenTransaction::id).toList()).fencedProducers();
    for (OpenTransaction t : all) {
      try {
        clients.await(fenced.get(t.id()));
        remember(t.endedAt(clock.instant()));
      } catch (ExecutionException e) {
        left.add(t.hindered(String.valueOf(e.getCause().getMessage())));
      }
    }
    return left;
  }

  private synchronized void remember(OpenTransaction t) {
    ended.addLast(t);
    if (ended.size() > REMEMBERED) {
      ended.removeFirst();
    }
  }

  /** Those that are open, and those that this instance has ended within a day. */
  synchronized List<OpenTransaction> all() {
    Instant from = clock.instant().minus(TOLD);
    var all = new ArrayList<>(open);
    ended.stream().filter(t -> t.ended().orElseThrow().isAfter(from)).forEach(all::add);
    return all;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    admin.close(Duration.ZERO);
  }
}
