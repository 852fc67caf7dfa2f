package io.carousel.orchestrator.application;

import io.carousel.events.Act;
import io.carousel.events.AuthorityName;
import io.carousel.events.CommandId;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Reply;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.Message;
import io.carousel.events.seal.Recorded;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.credential.CredentialDesk;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.Declined.Kind;
import io.carousel.orchestrator.desk.FleetSight;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.desk.RotationRecord;
import io.carousel.orchestrator.desk.StrayRun;
import io.carousel.orchestrator.desk.Turnstile;
import io.carousel.orchestrator.evidence.ReportCheck;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.BrokerUnreachable;
import io.carousel.orchestrator.log.Chronicle;
import io.carousel.orchestrator.log.MessageWriter;
import io.carousel.orchestrator.log.Unanswered;
import io.carousel.orchestrator.rules.AttestationRules;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Bundles;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.FleetHealth;
import io.carousel.orchestrator.rules.Forecast;
import io.carousel.orchestrator.rules.Gate;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Removal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The front desk on the log: reads come from what is committed, acts go to the owner. */
public final class Desk implements FrontDesk, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration FORECAST_PATIENCE = Duration.ofSeconds(5);
  private static final Duration REPORT_PATIENCE = Duration.ofSeconds(10);

  /** How many are written at once; beyond it participants come back later. */
  private static final int REPORTS = 512;

  private static final int HISTORY_MOST = 5_000;

  private final Author author;
  private final Chronicle<House> chronicle;
  private final ActSender acts;
  private final MessageWriter writer;
  private final CredentialDesk credentials;
  private final FleetRecords fleet;
  private final RotationHistory rotations;
  private final Clock clock;
  private final Refusals refusals;
  private final Readiness readiness;
  private final Changes changes;
  private final Chronicle.Following growth;
  private final RecentEnrolments enrolments;
  private final Chronicle.Following following;
  private final Turnstile reports = new Turnstile(REPORTS, System::nanoTime, new SecureRandom());

  /** A desk of those parts. */
  public Desk(
      Author author,
      Chronicle<House> chronicle,
      ActSender acts,
      MessageWriter writer,
      CredentialDesk credentials,
      FleetRecords fleet,
      RotationHistory rotations,
      Clock clock,
      Refusals refusals,
      Readiness readiness) {
    this.refusals = refusals;
    this.readiness = readiness;
    this.author = author;
    this.chronicle = chronicle;
    this.acts = acts;
    this.writer = writer;
    this.credentials = credentials;
    this.fleet = fleet;
    this.rotations = rotations;
    this.clock = clock;
    this.changes = new Changes(this::house);
    this.growth = chronicle.onGrowth(changes::grown);
    this.enrolments = new RecentEnrolments(clock);
    this.following =
        chronicle.follow(
            RecentEnrolments.from(chronicle.now().head().sequence()),
            recorded -> enrolments.on(recorded.event()),
            why -> LOG.warn("who is enrolled is not told in the status any more", why));
  }

  @Override
  public void close() {
    growth.close();
    following.close();
  }

  @Override
  public Readiness readiness() {
    return readiness;
  }

  @Override
  public List<StrayRun> strays() {
    return chronicle.strays().runs().stream()
        .map(r ->
            new StrayRun(
                r.first(),
                r.last(),
                r.count(),
                r.after(),
                r.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                r.reason(),
                r.seen()))
        .toList();
  }

  @Override
  public List<String> warnings() {
    return Stream.concat(
            Warnings.of(
                chronicle.strays(), chronicle.transactions(), house().time(), clock.instant())
                .stream(),
            enrolments.warnings(house().authors().values()).stream())
        .toList();
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public Instant now() {
    Instant last = house().clock();
    Instant here = clock.instant();
    return here.isBefore(last) ? last : here;
  }

  @Override
  public House house() {
    return chronicle.now().state();
  }

  @Override
  public Reply ask(CommandId command, Act act) {
    if (HouseJudge.restsOnEvidence(house(), act)) {
      awaitRegister(PATIENCE);
    }
    try {
      return acts.ask(command, act, PATIENCE).get();
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof Unanswered u
              ? u.getMessage()
              : "the act could not be sent: " + e.getCause().getMessage();
      throw new Declined(
          Kind.UNAVAILABLE, "outcome-unknown", why, Optional.of(Duration.ofSeconds(1)));
    } catch (InterruptedException e) {
      throw stopping();
    }
  }

  /** What was issued before this instance began must be known before anything rests on it. */
  private void awaitRegister(Duration most) {
    try {
      fleet.awaitRegister(most);
    } catch (FleetRecords.NotCaughtUp e) {
      throw new Declined(
          Kind.UNAVAILABLE,
          "register-being-read",
          e.getMessage(),
          Optional.of(Duration.ofSeconds(5)));
    }
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName name, long after, Duration wait) {
    Instant end = clock.instant().plus(wait);
    while (true) {
      House house = house();
      Authority now = authority(house, name);
      boolean news = now.changeSequence() > after;
      Duration held = news ? AttestationRules.heldFor(house, now, clock.instant()) : Duration.ZERO;
      if (news && held.isZero()) {
        return Optional.of(Bundles.of(now));
      }
      Duration left = Duration.between(clock.instant(), end);
      if (!left.isPositive()) {
        return Optional.empty();
      }
      changed(name, Optional.of(now), news && held.compareTo(left) < 0 ? held : left);
    }
  }

  @Override
  public boolean changed(AuthorityName name, Optional<Authority> seen, Duration wait) {
    try {
      return changes.await(name, seen, wait);
    } catch (InterruptedException e) {
      throw stopping();
    }
  }

  @Override
  public Credential issue(CredentialRequest request) {
    return credentials.issue(request);
  }

  @Override
  public void report(Report report) {
    Optional<String> flaw = ReportCheck.flaw(house(), report);
    if (flaw.isPresent()) {
      throw new Declined(Kind.FORBIDDEN, "bad-report", flaw.get());
    }
    try (var _ = reports.enter().orElseThrow(this::fullOfReports)) {
      write(report);
    }
  }

  private Declined fullOfReports() {
    return new Declined(
        Kind.UNAVAILABLE,
        "reports-busy",
        "as many reports are being written as can be; send it again",
        Optional.of(reports.comeBack()));
  }

  private void write(Report report) {
    var typed = Wire.CURRENT.write(report);
    Message record =
        author.draft(
            Topic.FLEET.topicName(),
            report.participant().value(),
            "%s/%d".formatted(report.participant(), report.counter()),
            typed.type(),
            clock.instant(),
            typed.value());
    try {
      writer.write(record).get(REPORT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      throw new Declined(
          Kind.UNAVAILABLE,
          "kafka-unavailable",
          "Kafka took no report of yours; send it again, and have an operator look if it lasts",
          Optional.of(Duration.ofSeconds(1)));
    } catch (InterruptedException e) {
      throw stopping();
    }
  }

  @Override
  public Gate gate(AuthorityName name) {
    House house = house();
    return Gate.of(house, authority(house, name), fleet.glance(house, name), clock.instant());
  }

  @Override
  public Optional<Forecast> forecast(AuthorityName name, Optional<Integer> without) {
    House house = house();
    Authority authority = authority(house, name);
    awaitRegister(FORECAST_PATIENCE);
    Evidence evidence = fleet.glance(house, name);
    Instant now = clock.instant();
    return without.isPresent()
        ? Forecast.without(house, authority, without.get(), evidence, now)
        : Forecast.next(house, authority, evidence, now);
  }

  @Override
  public FleetSight sight(AuthorityName name) {
    House house = house();
    return new FleetSight(
        fleet.unread(),
        FleetHealth.of(house, authority(house, name), fleet.glance(house, name), clock.instant()));
  }

  @Override
  public Removal.Standing removals(AuthorityName name) {
    House house = house();
    return Removal.Standing.of(
        house, authority(house, name), fleet.glance(house, name), clock.instant());
  }

  @Override
  public List<RotationRecord> rotations(AuthorityName name) {
    authority(house(), name);
    return rotations.of(name);
  }

  @Override
  public List<Recorded> history(long from, int limit, Duration wait) {
    try {
      chronicle.grows(from - 1, wait);
      return chronicle.read(Math.max(1, from), Math.min(limit, HISTORY_MOST));
    } catch (BrokerUnreachable e) {
      throw new Declined(Kind.UNAVAILABLE, "kafka-unavailable", e.getMessage());
    } catch (InterruptedException e) {
      throw stopping();
    }
  }

  private static Authority authority(House house, AuthorityName name) {
    return house
        .authority(name)
        .orElseThrow(() ->
            new Declined(
                Kind.NOT_FOUND,
                "unknown-authority",
                "there is no authority '%s'; see 'carousel authority list'".formatted(name)));
  }

  private static Declined stopping() {
    Thread.currentThread().interrupt();
    return new Declined(Kind.UNAVAILABLE, "stopping", "this orchestrator is stopping; ask another");
  }
}
