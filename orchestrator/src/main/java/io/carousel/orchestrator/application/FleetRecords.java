package io.carousel.orchestrator.application;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.GateEvidence.TopicOffset;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.Report;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.evidence.FleetLedger;
import io.carousel.orchestrator.evidence.IssuedRegister;
import io.carousel.orchestrator.evidence.ReportCheck;
import io.carousel.orchestrator.log.BrokerUnreachable;
import io.carousel.orchestrator.log.Chronicle;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.TopicMissing;
import io.carousel.orchestrator.log.TopicTail;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.House;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what workers issue and what participants report, and gathers evidence from it. */
public final class FleetRecords implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetRecords.class);

  /** Reports older than this are of no phase that still runs unattended. */
  private static final Duration REPORTS = Duration.ofDays(7);

  /**
   * How long an owner waits for evidence, for all acts that it decides together: it must be heard
   * of again long before its group gives it up.
   */
  private static final Duration CATCH_UP = Duration.ofSeconds(5);

  /** Twice that is less than the whole: who waits hears why it is in vain, not that it was. */
  private static final Duration ENDS = Duration.ofSeconds(2);

  /** By which name the register is missing until it was read. */
  public static final String REGISTER = "the register of issued credentials";

  private static final Duration KEEP_EVERY = Duration.ofMinutes(5);
  private static final Duration AUTHORS_WAIT = Duration.ofSeconds(5);

  private final Chronicle<House> chronicle;
  private final Clock clock;
  private final Refusals refusals;
  private final IssuedRegister register;
  private final FleetLedger ledger;
  private final ResultCheck check;
  private final RegisterSnapshot snapshot;
  private final Readiness readiness;

  /** Answers that callers wait for, as they come: never behind what was issued before. */
  private final TopicTail answers;

  /** All that was issued and is valid still, from where the snapshot ends. */
  private final TopicTail results;

  private final TopicTail fleet;
  private final CompletableFuture<List<TopicOffset>> registerRead;
  private final CompletableFuture<List<TopicOffset>> reportsRead;
  private final Map<Integer, TopicTail.Received> last = new ConcurrentHashMap<>();

  /** Asks where topics end, which a broker may keep it waiting for; and keeps snapshots. */
  private final ScheduledExecutorService aside =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().name("evidence").factory());

  /** Evidence could not be read up to its end. */
  public static final class NotCaughtUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With that message, for people. */
    public NotCaughtUp(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Begins to follow.
   *
   * @param awaited is given every result that an enrolled worker of its slot wrote, and says
   *     whether somebody waited here for just that
   * @param refusals learns of those that do not count
   * @param readiness learns how far the register is read
   * @param folder where a snapshot of the register is kept
   */
  public FleetRecords(
      Cluster cluster,
      HouseId house,
      Chronicle<House> chronicle,
      Clock clock,
      Predicate<LeafResult> awaited,
      Refusals refusals,
      Readiness readiness,
      Path folder) {
    this.refusals = refusals;
    this.readiness = readiness;
    this.check = new ResultCheck(house, name -> author(chronicle, name));
    this.chronicle = chronicle;
    this.register = new IssuedRegister(name -> chronicle.now().state().participant(name));
    this.ledger = new FleetLedger(register);
    this.clock = clock;
    this.snapshot = new RegisterSnapshot(cluster, house, folder.resolve("register.snapshot"));
    this.answers =
        TopicTail.open(
            cluster,
            house,
            Topic.RESULTS.topicName(),
            new TopicTail.From.Now(),
            _ -> true,
            chronicle,
            received -> answer(received, awaited),
            doubtful -> LOG.debug("a result does not count: {}", doubtful.why()));
    Optional<Map<Integer, Long>> kept = snapshot.restore(register);
    this.results =
        TopicTail.open(
            cluster,
            house,
            Topic.RESULTS.topicName(),
            kept.<TopicTail.From>map(TopicTail.From.At::new)
                .orElseGet(() -> since(longestLife(chronicle.now().state()))),
            _ -> true,
            chronicle,
            this::takeResult,
            doubtful -> {
              refusals.count(Refusals.RESULT_FORGED);
              register.takeUnproven(result(doubtful.message()));
            },
            next -> check.foresee(next, chronicle::author));
    this.fleet =
        TopicTail.open(
            cluster,
            house,
            Topic.FLEET.topicName(),
            since(REPORTS),
            _ -> true,
            chronicle,
            this::takeReport,
            doubtful -> LOG.info("a report does not count: {}", doubtful.why()));
    this.registerRead = results.caughtUp();
    this.reportsRead = fleet.caughtUp();
    tellProgress();
    var telling = aside.scheduleWithFixedDelay(this::tellProgress, 1, 1, TimeUnit.SECONDS);
    var _ =
        registerRead.whenComplete((_, failure) -> {
          telling.cancel(false);
          if (failure == null) {
            readiness.present(REGISTER);
            LOG.info("the register is read: {} results", results.progress().total());
            keep();
          }
        });
    var _ =
        aside.scheduleWithFixedDelay(
            this::keep, KEEP_EVERY.toSeconds(), KEEP_EVERY.toSeconds(), TimeUnit.SECONDS);
  }

  private void tellProgress() {
    if (!registerRead.isDone()) {
      readiness.missing(REGISTER, beingRead());
      if (registerRead.isDone()) {
        readiness.present(REGISTER);
      }
    }
  }

  private String beingRead() {
    return "it is being read: %s results".formatted(results.progress());
  }

  /** Only once it is whole; what it can be made from again is never waited for. */
  private void keep() {
    if (registerRead.isDone() && !registerRead.isCompletedExceptionally()) {
      // What a clock that ran ahead drops would be missed for ever.
      if (chronicle.now().state().time().unsettledUntil().isEmpty()) {
        snapshot.keep(register, last, present());
      }
    }
  }

  /** Whether all that was issued before this instance began is known. */
  public boolean isRegisterRead() {
    return registerRead.isDone();
  }

  /**
   * What was there when this instance began, and is not read yet, for people; empty once all of it
   * is: before, nobody is known to be silent.
   */
  public Optional<String> unread() {
    var parts = new ArrayList<String>();
    if (!reportsRead.isDone()) {
      parts.add("%s reports".formatted(fleet.progress()));
    }
    if (!registerRead.isDone()) {
      parts.add("%s results".formatted(results.progress()));
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of("not read yet (%s)".formatted(String.join(", ", parts)));
  }

  /**
   * Waits until all that was issued before this instance began is known, and what was reported.
   *
   * @throws NotCaughtUp with how far that is, if it takes longer
   */
  public void awaitRegister(Duration most) {
    try {
      CompletableFuture.allOf(registerRead, reportsRead)
          .get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      throw notRead(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotCaughtUp("this orchestrator is stopping", e);
    }
  }

  private NotCaughtUp notRead(Exception cause) {
    return new NotCaughtUp(
        "%s is not read yet (%s), and without it nobody knows whom this would break; ask again in a few seconds"
            .formatted(REGISTER, beingRead()),
        cause);
  }

  private TopicTail.From since(Duration ago) {
    Instant from = present().minus(ago);
    // Before the founding the log has no time.
    return new TopicTail.From.Since(from.isBefore(Instant.EPOCH) ? Instant.EPOCH : from);
  }

  /** By the earlier of two clocks. */
  private Instant present() {
    Instant here = clock.instant();
    Instant ofLog = chronicle.now().state().clock();
    return here.isBefore(ofLog) ? here : ofLog;
  }

  /** Nothing issued longer ago than this can still be valid. */
  private static Duration longestLife(House house) {
    return house.authorities().values().stream()
        .map(Authority::longestLeaf)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO)
        .plus(Duration.ofHours(1));
  }

  /**
   * Reads both topics up to their ends at the moment of the call, for a few seconds at most; not at
   * all while the register is not read. Where the reports end is asked first, so that every
   * credential that they speak of is before the end of the results.
   *
   * @return what was shown about an authority, which reads nothing more; throws {@link NotCaughtUp}
   *     if the ends were not reached
   */
  public BiFunction<House, AuthorityName, Evidence> read() {
    try {
      if (!isRegisterRead()) {
        throw notRead(null);
      }
      List<TopicOffset> offsets = ends();
      return (house, authority) -> ledger.of(house, authority, offsets, clock.instant());
    } catch (NotCaughtUp e) {
      return (_, _) -> {
        throw e;
      };
    }
  }

  private List<TopicOffset> ends() {
    var reached = new CompletableFuture<List<TopicOffset>>();
    aside.execute(() -> {
      try {
        CompletableFuture<List<TopicOffset>> reported = fleet.caughtUp(ENDS);
        CompletableFuture<List<TopicOffset>> issued = results.caughtUp(ENDS);
        var _ =
            issued
                .thenCombine(reported, (a, b) -> Stream.concat(a.stream(), b.stream()).toList())
                .whenComplete((offsets, failure) -> {
                  if (failure == null) {
                    reached.complete(offsets);
                  } else {
                    reached.completeExceptionally(failure);
                  }
                });
        var _ =
            reached.whenComplete((_, _) -> {
              reported.cancel(false);
              issued.cancel(false);
            });
      } catch (BrokerUnreachable | TopicMissing e) {
        reached.completeExceptionally(
            new NotCaughtUp("the evidence could not be read to its end: " + e.getMessage(), e));
      } catch (RuntimeException e) {
        reached.completeExceptionally(e);
      }
    });
    return reached(reached);
  }

  /** The same without waiting: what is known just now. */
  public Evidence glance(House house, AuthorityName authority) {
    return ledger.of(house, authority, List.of(), clock.instant());
  }

  private static List<TopicOffset> reached(CompletableFuture<List<TopicOffset>> end) {
    try {
      return end.get(CATCH_UP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof NotCaughtUp why
          ? why
          : new NotCaughtUp("the evidence could not be read to its end: " + e.getCause(), e);
    } catch (TimeoutException | CancellationException e) {
      end.cancel(false);
      throw new NotCaughtUp(
          "the evidence could not be read to its end within %d s; ask again"
              .formatted(CATCH_UP.toSeconds()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotCaughtUp("this orchestrator is stopping", e);
    }
  }

  @Override
  public void close() {
    answers.close();
    results.close();
    fleet.close();
    keep();
    aside.shutdownNow();
  }

  /** A caller may wait for it; that it was issued is noted by the other tail. */
  private static void answer(TopicTail.Received received, Predicate<LeafResult> awaited) {
    LeafResult result = result(received.message());
    if (ResultCheck.ofAuthor(received.author(), result).isEmpty()) {
      var _ = awaited.test(result);
    }
  }

  /**
   * What another slot's worker says, or what nobody asked for, is no more than what nobody says: it
   * may hold a gate closed.
   */
  private void takeResult(TopicTail.Received received) {
    try {
      note(received);
    } finally {
      // Only now: what a snapshot says to be in the register must be there.
      last.put(received.partition(), received);
    }
  }

  private void note(TopicTail.Received received) {
    LeafResult result = result(received.message());
    Optional<ResultCheck.Flaw> flaw = ResultCheck.ofAuthor(received.author(), result);
    if (flaw.isEmpty()) {
      flaw = check.ofCommand(received.message(), result);
    }
    if (flaw.isEmpty()) {
      register.take(result);
    } else {
      refusals.count(flaw.get().code());
      LOG.warn(
          "a result of slot '{}' for command {} does not count: {}",
          result.slot(),
          result.answers(),
          flaw.get().why());
      register.takeUnproven(result);
    }
  }

  /** Who was enrolled just now may have asked before this instance has read of it. */
  private static Optional<KnownAuthor> author(Chronicle<House> chronicle, AuthorName name) {
    Optional<KnownAuthor> known = chronicle.author(name);
    if (known.isPresent()) {
      return known;
    }
    try {
      chronicle.upToDate().get(AUTHORS_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("whether '{}' is enrolled could not be found out: {}", name, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return chronicle.author(name);
  }

  private static LeafResult result(Message message) {
    return Wire.CURRENT.leafResult(message.need(Message.TYPE), message.value());
  }

  private void takeReport(TopicTail.Received received) {
    if (received.author().role() != AuthorRole.ORCHESTRATOR) {
      LOG.info("author '{}' passes no reports on", received.author().name());
      return;
    }
    Message message = received.message();
    Report report = Wire.CURRENT.report(message.need(Message.TYPE), message.value());
    House house = chronicle.now().state();
    Optional<String> flaw = ReportCheck.flaw(house, report);
    if (flaw.isPresent()) {
      LOG.info("a report does not count: {}", flaw.get());
    } else {
      Bytes identity = house.participant(report.participant()).orElseThrow().identityKey();
      ledger.take(house, report, identity, received.written());
    }
  }
}
