package io.carousel.orchestrator.application;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.GateEvidence.TopicOffset;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.Policy;
import io.carousel.events.Report;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what workers issue and what participants report, and gathers evidence from it. */
public final class FleetRecords implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FleetRecords.class);

  /** Reports older than this are of no phase that still runs unattended. */
  private static final Duration REPORTS = Duration.ofDays(7);

  private static final Duration CATCH_UP = Duration.ofSeconds(10);
  private static final Duration AUTHORS_WAIT = Duration.ofSeconds(5);

  private final Chronicle<House> chronicle;
  private final Clock clock;
  private final Refusals refusals;
  private final IssuedRegister register;
  private final FleetLedger ledger;
  private final ResultCheck check;
  private final TopicTail results;
  private final TopicTail fleet;

  /** Evidence could not be read up to its end. */
  public static final class NotCaughtUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCaughtUp(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Begins to follow.
   *
   * @param awaited is given every result that an enrolled worker of its slot wrote, and says
   *     whether somebody waited here for just that
   * @param refusals learns of those that do not count
   */
  public FleetRecords(
      Cluster cluster,
      HouseId house,
      Chronicle<House> chronicle,
      Clock clock,
      Predicate<LeafResult> awaited,
      Refusals refusals) {
    this.refusals = refusals;
    this.check = new ResultCheck(house, name -> author(chronicle, name));
    this.chronicle = chronicle;
    this.register = new IssuedRegister(name -> chronicle.now().state().participant(name));
    this.ledger = new FleetLedger(register);
    this.clock = clock;
    this.results =
        TopicTail.open(
            cluster,
            house,
            Topic.RESULTS.topicName(),
            since(longestLife(chronicle.now().state())),
            _ -> true,
            chronicle,
            received -> takeResult(received, awaited),
            doubtful -> {
              refusals.count(Refusals.RESULT_FORGED);
              register.takeUnproven(result(doubtful.message()));
            });
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
  }

  private TopicTail.From since(Duration ago) {
    return new TopicTail.From.Since(clock.instant().minus(ago));
  }

  /** Nothing issued longer ago than this can still be valid. */
  private static Duration longestLife(House house) {
    return house.authorities().values().stream()
        .map(Authority::policy)
        .map(Policy::leafLifetime)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO)
        .plus(Duration.ofHours(1));
  }

  /**
   * What was shown about that authority, read up to the end of both topics at the moment of the
   * call. Where the reports end is asked first, so that every credential that they speak of is
   * before the end of the results.
   *
   * @throws NotCaughtUp if that takes too long
   */
  public Evidence gather(House house, AuthorityName authority) {
    CompletableFuture<List<TopicOffset>> reported = caughtUp(fleet);
    CompletableFuture<List<TopicOffset>> issued = caughtUp(results);
    var offsets = new ArrayList<TopicOffset>();
    offsets.addAll(reached(issued));
    offsets.addAll(reached(reported));
    return ledger.of(house, authority, offsets, clock.instant());
  }

  /** The same without waiting: what is known just now. */
  public Evidence glance(House house, AuthorityName authority) {
    return ledger.of(house, authority, List.of(), clock.instant());
  }

  private static CompletableFuture<List<TopicOffset>> caughtUp(TopicTail tail) {
    try {
      return tail.caughtUp();
    } catch (BrokerUnreachable | TopicMissing e) {
      throw new NotCaughtUp("the evidence could not be read to its end: " + e.getMessage(), e);
    }
  }

  private static List<TopicOffset> reached(CompletableFuture<List<TopicOffset>> end) {
    try {
      return end.get(CATCH_UP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException | CancellationException e) {
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
    results.close();
    fleet.close();
  }

  /**
   * What another slot's worker says, or what nobody asked for, is no more than what nobody says: it
   * may hold a gate closed. What this instance waited for need not show who asked; everything else
   * must.
   */
  private void takeResult(TopicTail.Received received, Predicate<LeafResult> awaited) {
    LeafResult result = result(received.message());
    Optional<ResultCheck.Flaw> flaw = ResultCheck.ofAuthor(received.author(), result);
    if (flaw.isEmpty() && !awaited.test(result)) {
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
