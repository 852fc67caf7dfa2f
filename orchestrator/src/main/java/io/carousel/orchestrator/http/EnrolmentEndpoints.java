package io.carousel.orchestrator.http;

import io.carousel.events.Act;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.EnrolmentTokenId;
import io.carousel.events.OperatorAct;
import io.carousel.events.Reply;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.EnrolmentTokens;
import io.carousel.orchestrator.documents.Wanted.WantedEnrolmentToken;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.rules.Enrolling;
import io.carousel.orchestrator.rules.EnrolmentRefusal;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Participant;
import io.carousel.orchestrator.rules.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Enrolment by tokens. Hosts call without the API's secret; so whoever holds no token's key is
 * answered here, and never heard of in the log.
 */
final class EnrolmentEndpoints {
  /** Where hosts ask to be let in, without the API's secret. */
  static final String ENROLMENTS = "/v1/enrolments";

  private static final String TOKENS = "/v1/enrolment-tokens";

  /** Each costs two signatures to be verified, and anybody may ask. */
  private static final int PER_SECOND = 200;

  private static final Duration SOON = Duration.ofSeconds(1);

  /** How long a host waits for those before it. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FrontDesk desk;
  private final TokenTurns turns = new TokenTurns();
  private final Throttle throttle = new Throttle(PER_SECOND, System::nanoTime);

  EnrolmentEndpoints(FrontDesk desk) {
    this.desk = desk;
  }

  /** What hosts call. */
  List<Endpoint.Route> forHosts() {
    return List.of(new Endpoint.Route("POST", ENROLMENTS, this::enrol));
  }

  /** What operators call about tokens. */
  List<Endpoint.Route> forOperators() {
    return List.of(
        new Endpoint.Route("GET", TOKENS, _ -> tokens()),
        new Endpoint.Route("POST", TOKENS, this::create),
        new Endpoint.Route("DELETE", TOKENS + "/{id}", this::revoke));
  }

  private Answer tokens() {
    House house = desk.house();
    Instant now = desk.now();
    return Answer.ok(
        new EnrolmentTokens(
            house.grants().values().stream()
                .filter(g -> g.isKnown(now))
                .map(g -> Views.token(g, now))
                .toList()));
  }

  private Answer create(Call call) {
    WantedEnrolmentToken w = call.wanted(WantedEnrolmentToken.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.CreateEnrolmentToken(
                w.publicKey(),
                w.names(),
                w.memberships().stream().map(WantedMembership::membership).toList(),
                w.uses().orElse(1),
                w.replace().orElse(false),
                w.life(),
                Operator.ID)));
  }

  private Answer revoke(Call call) {
    EnrolmentTokenId id = call.path("id", EnrolmentTokenId::new);
    String reason = call.query("reason").orElse("");
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() -> new OperatorAct.RevokeEnrolmentToken(id, reason, Operator.ID)));
  }

  /**
   * Read and looked up first, which costs little: whoever has no token takes no turn of those who
   * have one.
   */
  private Answer enrol(Call call) {
    EnrolmentRequest request = call.document(EnrolmentRequest.class);
    call.requireSpeaksFor(request.participant(), true);
    if (!isTokenKnown(request)) {
      return refused(new EnrolmentRefusal.UnknownToken(request.token()));
    }
    if (!throttle.admits()) {
      throw new Declined(
          Declined.Kind.UNAVAILABLE,
          "too-many-enrolments",
          "more hosts ask to be let in than this orchestrator looks at in a second; ask again",
          Optional.of(SOON));
    }
    return switch (look(request)) {
      case Enrolling.Repeated r -> enrolled(r.participant());
      case Enrolling.TurnedAway t -> refused(t.why());
      case Enrolling.Misused m when !m.worthTelling() -> refused(m.why());
      case Enrolling.Admitted _, Enrolling.Misused _ -> inTurn(call, request);
    };
  }

  private boolean isTokenKnown(EnrolmentRequest request) {
    House house = ready();
    Instant now = desk.now();
    return house
            .grant(request.token(), now.isBefore(house.clock()) ? house.clock() : now)
            .isPresent()
        || house
            .participant(request.participant())
            .flatMap(Participant::token)
            .filter(request.token()::equals)
            .isPresent();
  }

  /** No more at a time than the token has uses left: whoever is too many is not asked about. */
  private Answer inTurn(Call call, EnrolmentRequest request) {
    if (!turns.enter(request.token(), () -> atOnce(look(request)), PATIENCE)) {
      throw new Declined(
          Declined.Kind.UNAVAILABLE,
          "token-busy",
          "other hosts ask to be let in by this token just now; ask again",
          Optional.of(SOON));
    }
    try {
      return switch (look(request)) {
        case Enrolling.Repeated r -> enrolled(r.participant());
        case Enrolling.TurnedAway t -> refused(t.why());
        case Enrolling.Misused m when !m.worthTelling() -> refused(m.why());
        case Enrolling.Admitted _, Enrolling.Misused _ -> decided(call, request);
      };
    } finally {
      turns.leave(request.token());
    }
  }

  private static int atOnce(Enrolling now) {
    return now instanceof Enrolling.Admitted a ? a.grant().uses() - a.grant().used() : 1;
  }

  private House ready() {
    House house = desk.house();
    if (house.id().isEmpty()) {
      throw new Declined(
          Declined.Kind.UNAVAILABLE,
          "starting",
          "this orchestrator has not read its house's log yet; try again in a second",
          Optional.of(SOON));
    }
    return house;
  }

  private Enrolling look(EnrolmentRequest request) {
    return Enrolling.of(ready(), request, desk.now());
  }

  private Answer decided(Call call, EnrolmentRequest request) {
    Reply reply = desk.ask(call.command(), new Act.EnrolByToken(request));
    return switch (look(request)) {
      // Also if another call of the same host was quicker.
      case Enrolling.Repeated r -> enrolled(r.participant());
      case Enrolling.TurnedAway t when reply instanceof Reply.Refused -> refused(t.why());
      case Enrolling.Misused m when reply instanceof Reply.Refused -> refused(m.why());
      case Enrolling other -> moved(other, reply);
    };
  }

  /** What the owner said fits no more to what is seen here: somebody acted in between. */
  private static Answer moved(Enrolling now, Reply reply) {
    if (reply instanceof Reply.Refused no) {
      return Answer.problem(409, no.code(), no.reason());
    }
    throw new Declined(
        Declined.Kind.UNAVAILABLE,
        "outcome-unknown",
        "the host was enrolled, and that was changed at once (%s); ask again"
            .formatted(now.getClass().getSimpleName()));
  }

  private static Answer enrolled(Participant participant) {
    return Answer.ok(new Enrolled(participant.name(), participant.memberships()));
  }

  private static Answer refused(Refusal why) {
    int status =
        switch (why) {
          case EnrolmentRefusal.ClockOff _, Refusal.KeyUnusable _ -> 400;
          case EnrolmentRefusal.NameTaken _,
              EnrolmentRefusal.AlreadyEnrolled _,
              EnrolmentRefusal.NameKept _,
              EnrolmentRefusal.NameUnfit _,
              EnrolmentRefusal.NameBarred _ ->
              409;
          default -> 403;
        };
    return Answer.problem(status, why.code(), why.message());
  }
}
