package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.ExternalRoot;
import io.carousel.events.FormatSuite;
import io.carousel.events.Naming;
import io.carousel.events.OperatorAct;
import io.carousel.events.Policy;
import io.carousel.events.Reply;
import io.carousel.events.RevocationReason;
import io.carousel.events.RootUse;
import io.carousel.events.Suite;
import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.documents.Authorities;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Rotations;
import io.carousel.orchestrator.documents.StrayRecordsPage;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedAuthority;
import io.carousel.orchestrator.documents.Wanted.WantedPolicy;
import io.carousel.orchestrator.documents.Wanted.WantedRevocation;
import io.carousel.orchestrator.documents.Wanted.WantedRollback;
import io.carousel.orchestrator.documents.Wanted.WantedRoot;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Forecast;
import io.carousel.orchestrator.rules.Gate;
import io.carousel.orchestrator.rules.House;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What operators call. */
final class OperatorEndpoints {
  private static final String AUTHORITIES = "/v1/authorities";
  private static final String AUTHORITY = AUTHORITIES + "/{name}";
  private static final String ROTATION = AUTHORITY + "/rotation";
  private static final int LONGEST_PAGE = 1_000;
  private static final int PAGE = 100;

  /** So many lines of what is lacking, unless more are asked for. */
  private static final long LACKING = 1_000;

  private static final int REMEMBERED = 1_000;

  /** When phases began, by the sequence of the event: it never changes, and may be long ago. */
  private final Map<Long, Instant> begun = new ConcurrentHashMap<>();

  private final FrontDesk desk;
  private final LongPoll longPoll;

  OperatorEndpoints(FrontDesk desk, LongPoll longPoll) {
    this.desk = desk;
    this.longPoll = longPoll;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        new Endpoint.Route("GET", AUTHORITIES, _ -> authorities()),
        new Endpoint.Route("POST", AUTHORITIES, this::create),
        new Endpoint.Route("GET", AUTHORITY, this::details),
        new Endpoint.Route("POST", AUTHORITY + "/policy", this::change),
        new Endpoint.Route("GET", ROTATION, this::status),
        new Endpoint.Route("GET", AUTHORITY + "/rotations", this::rotations),
        new Endpoint.Route("GET", ROTATION + "/forecast", this::forecast),
        new Endpoint.Route("POST", ROTATION, this::start),
        new Endpoint.Route("POST", ROTATION + "/advance", this::advance),
        new Endpoint.Route("POST", ROTATION + "/rollback", this::rollBack),
        new Endpoint.Route("POST", AUTHORITY + "/revocations", this::revoke),
        new Endpoint.Route("GET", "/v1/history", this::history),
        new Endpoint.Route(
            "GET",
            "/v1/history/strays",
            _ ->
                Answer.ok(
                    new StrayRecordsPage(desk.strays().stream().map(Views::stray).toList()))));
  }

  private Answer authorities() {
    return Answer.ok(
        new Authorities(desk.house().authorities().values().stream().map(Views::line).toList()));
  }

  private Answer create(Call call) {
    WantedAuthority w = call.wanted(WantedAuthority.class);
    return act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.CreateAuthority(
                w.name(),
                w.formats().orElse(FormatSuite.x509(Suite.ECDSA_P256)),
                w.slots(),
                policy(w),
                Operator.ID,
                w.root().map(OperatorEndpoints::root),
                OriginEndpoints.origin(w))),
        OriginEndpoints.leftOut(w));
  }

  private static ExternalRoot root(WantedRoot w) {
    return new ExternalRoot(w.certificate(), w.use().orElse(RootUse.PINNED));
  }

  private static Policy policy(WantedAuthority w) {
    Policy usual = Policy.DEFAULT;
    return new Policy(
        w.leafLifetime().orElse(usual.leafLifetime()),
        w.caLifetime().orElse(usual.caLifetime()),
        w.backdating().orElse(usual.backdating()),
        w.hold().map(Holds::parse).orElse(usual.hold()),
        w.crlLifetime().orElse(usual.crlLifetime()),
        w.distribution(),
        w.jwksMaxAge().orElse(usual.jwksMaxAge()),
        w.ssh().orElse(usual.ssh()),
        w.lease().orElse(usual.lease()),
        w.trustEvidence().orElse(usual.trustEvidence()),
        w.presentsEvidence().orElse(usual.presentsEvidence()),
        new Naming(w.subject(), w.spiffeTrustDomain()));
  }

  private Answer change(Call call) {
    WantedPolicy w = call.wanted(WantedPolicy.class);
    Authority authority = authority(desk.house(), call);
    Policy now = authority.policy();
    return act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.ChangePolicy(
                authority.name(), now, changed(now, w), w.reason(), Operator.ID)));
  }

  private static Policy changed(Policy now, WantedPolicy w) {
    return new Policy(
        w.leafLifetime().orElse(now.leafLifetime()),
        w.caLifetime().orElse(now.caLifetime()),
        w.backdating().orElse(now.backdating()),
        w.hold().map(Holds::parse).orElse(now.hold()),
        w.crlLifetime().orElse(now.crlLifetime()),
        w.distribution().isPresent()
            ? w.distribution().filter(url -> !url.isEmpty())
            : now.distribution(),
        now.jwksMaxAge(),
        now.ssh(),
        w.lease().orElse(now.lease()),
        w.trustEvidence().orElse(now.trustEvidence()),
        w.presentsEvidence().orElse(now.presentsEvidence()),
        now.naming());
  }

  private Answer details(Call call) {
    House house = desk.house();
    Authority authority = authority(house, call);
    return Answer.ok(Views.details(house, authority, desk.removals(authority.name())));
  }

  private Answer rotations(Call call) {
    AuthorityName name = authority(desk.house(), call).name();
    return Answer.ok(new Rotations(desk.rotations(name).stream().map(Views::rotation).toList()));
  }

  private Answer status(Call call) {
    House house = desk.house();
    Authority authority = authority(house, call);
    Gate gate = desk.gate(authority.name());
    long most = call.number("lacking", 0, Integer.MAX_VALUE).orElse(LACKING);
    return Answer.ok(status(house, authority, gate, most));
  }

  private Answer forecast(Call call) {
    Authority authority = authority(desk.house(), call);
    AuthorityName name = authority.name();
    Optional<Integer> without = call.number("without", 1, Integer.MAX_VALUE).map(Long::intValue);
    Optional<Forecast> forecast = desk.forecast(name, without);
    if (without.isPresent() && forecast.isEmpty()) {
      throw new Declined(
          Declined.Kind.CONFLICT,
          "not-trusted",
          "authority '%s' does not trust generation %d now; see 'carousel authority show %s'"
              .formatted(name, without.get(), name));
    }
    return Answer.ok(Views.forecast(authority, without, forecast, desk.sight(name).health()));
  }

  private RotationStatus status(House house, Authority authority, Gate gate, long most) {
    return Views.status(
        house,
        authority,
        gate,
        since(authority.phaseSequence()),
        desk.removals(authority.name()),
        Stream.concat(desk.warnings().stream(), missing(authority).stream()).toList(),
        desk.sight(authority.name()),
        most);
  }

  /** What does not serve of what that authority needs. */
  private List<String> missing(Authority authority) {
    Set<String> slots =
        authority.slots().stream()
            .map(s -> Readiness.ofSlot(s.value()))
            .collect(Collectors.toSet());
    return desk.readiness().missing().stream()
        .filter(m -> !m.part().startsWith(Readiness.ofSlot("")) || slots.contains(m.part()))
        .map(Readiness.Missing::text)
        .toList();
  }

  /** When that event was. Told without it while it cannot be read. */
  private Optional<Instant> since(long sequence) {
    Instant known = begun.get(sequence);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      Optional<Instant> found =
          desk.history(sequence, 1, Duration.ZERO).stream()
              .filter(r -> r.sequence() == sequence)
              .map(r -> r.event().at())
              .findFirst();
      found.ifPresent(at -> remember(sequence, at));
      return found;
    } catch (Declined e) {
      return Optional.empty();
    }
  }

  private void remember(long sequence, Instant at) {
    if (begun.size() >= REMEMBERED) {
      begun.clear();
    }
    begun.put(sequence, at);
  }

  private Answer start(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedRotation w = call.wanted(WantedRotation.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.StartRotation(
                name,
                w.seen(),
                w.formats().orElse(List.of()),
                w.reason().orElse(""),
                Operator.ID)));
  }

  private Answer advance(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedAdvance w = call.wanted(WantedAdvance.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.Advance(
                name,
                w.seen(),
                w.abandon().orElse(List.of()),
                w.nobody().orElse(false),
                w.reason().orElse(""),
                Operator.ID,
                w.elsewhereReplaced().orElse(false),
                w.breaks().orElse(List.of()))));
  }

  private Answer rollBack(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedRollback w = call.wanted(WantedRollback.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.RollBack(
                name, w.seen(), w.reason(), Operator.ID, w.breaks().orElse(List.of()))));
  }

  private Answer revoke(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedRevocation w = call.wanted(WantedRevocation.class);
    return act(
        call,
        Call.valid(() ->
            new OperatorAct.RevokeCredentials(
                name,
                w.serials().orElse(List.of()),
                w.participant(),
                w.cause().orElse(RevocationReason.UNSPECIFIED),
                w.reason(),
                Operator.ID,
                w.breaks().orElse(List.of()))));
  }

  /** Without a place to begin: the newest. */
  private Answer history(Call call) {
    int limit = call.number("limit", 1, LONGEST_PAGE).orElse((long) PAGE).intValue();
    long from =
        call.number("from", 1, Long.MAX_VALUE)
            .orElseGet(() -> Math.max(1, desk.house().sequence() - limit + 1));
    List<Recorded> found =
        longPoll.until(call, wait -> desk.history(from, limit, wait), page -> !page.isEmpty());
    long next = found.isEmpty() ? from : found.getLast().sequence() + 1;
    return Answer.ok(new HistoryPage(found.stream().map(Views::entry).toList(), next));
  }

  private Answer act(Call call, OperatorAct act) {
    return act(desk, call, act);
  }

  /** Sends an act to the owner and says what it said. */
  static Answer act(FrontDesk desk, Call call, OperatorAct act) {
    return act(desk, call, act, List.of());
  }

  private static Answer act(FrontDesk desk, Call call, OperatorAct act, List<String> notices) {
    return act(desk, call, act, () -> notices);
  }

  /**
   * As above.
   *
   * @param notices asked for once the act is done
   */
  static Answer act(FrontDesk desk, Call call, OperatorAct act, Supplier<List<String>> notices) {
    return switch (desk.ask(call.command(), act)) {
      case Reply.Accepted done ->
          Answer.ok(new Done(done.command(), done.sequence(), notices.get()));
      case Reply.Refused no -> Answer.problem(409, no.code(), no.reason());
    };
  }

  static Authority authority(House house, Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    return house
        .authority(name)
        .orElseThrow(() ->
            new Declined(
                Declined.Kind.NOT_FOUND,
                "unknown-authority",
                "there is no authority '%s'; see 'carousel authority list'".formatted(name)));
  }
}
