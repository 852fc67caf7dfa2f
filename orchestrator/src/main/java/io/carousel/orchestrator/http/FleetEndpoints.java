package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.CredentialRequest;
import io.carousel.events.HouseId;
import io.carousel.events.OperatorAct;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.documents.Health;
import io.carousel.orchestrator.documents.HouseDescription;
import io.carousel.orchestrator.documents.Participants;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import io.carousel.orchestrator.documents.Wanted.WantedReadmission;
import io.carousel.orchestrator.rules.Bundles;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What participants call, and what is done about them. */
final class FleetEndpoints {
  /** Which house this is. */
  static final String HOUSE = "/v1/house";

  private static final String PARTICIPANTS = "/v1/participants";
  private static final Duration SOON = Duration.ofSeconds(1);

  private final FrontDesk desk;
  private final LongPoll longPoll;
  private final BundleStreams streams;

  FleetEndpoints(FrontDesk desk, LongPoll longPoll, BundleStreams streams) {
    this.desk = desk;
    this.longPoll = longPoll;
    this.streams = streams;
  }

  /** What participants call. */
  List<Endpoint.Route> forParticipants() {
    return List.of(
        new Endpoint.Route("OPTIONS", ApiServer.ROOT, _ -> health().with("Allow", "OPTIONS")),
        new Endpoint.Route("GET", ApiServer.HEALTH, _ -> health()),
        new Endpoint.Route("GET", ApiServer.LIVE, _ -> Answer.ok(new Health("ok", List.of()))),
        new Endpoint.Route("GET", ApiServer.READY, _ -> ready()),
        new Endpoint.Route("GET", HOUSE, _ -> Answer.ok(new HouseDescription(house()))),
        new Endpoint.Route("GET", "/v1/authorities/{name}/bundle", this::bundle),
        new Endpoint.Route("GET", "/v1/authorities/{name}/bundles", streams::of),
        new Endpoint.Route("POST", "/v1/credentials", this::issue),
        new Endpoint.Route("POST", "/v1/reports", this::report));
  }

  /** What operators call about them. */
  List<Endpoint.Route> forOperators() {
    return List.of(
        new Endpoint.Route("GET", PARTICIPANTS, _ -> participants()),
        new Endpoint.Route("POST", PARTICIPANTS, this::enrol),
        new Endpoint.Route("POST", PARTICIPANTS + "/{name}/readmission", this::readmit),
        new Endpoint.Route("DELETE", PARTICIPANTS + "/{name}", this::remove));
  }

  private Answer health() {
    List<String> missing =
        desk.readiness().missing().stream().map(Readiness.Missing::part).toList();
    return desk.house().id().isPresent()
        ? Answer.ok(new Health(missing.isEmpty() ? "ok" : "degraded", missing))
        : new Answer(503, Optional.of(new Health("starting", missing)), java.util.Map.of());
  }

  /** Whether the log is read and every slot serves; other parts may be missing. */
  private Answer ready() {
    List<String> missing =
        desk.readiness().missing().stream()
            .map(Readiness.Missing::part)
            .filter(part -> part.startsWith(Readiness.ofSlot("")))
            .toList();
    boolean read = desk.house().id().isPresent();
    return read && missing.isEmpty()
        ? Answer.ok(new Health("ok", missing))
        : new Answer(
            503,
            Optional.of(new Health(read ? "degraded" : "starting", missing)),
            java.util.Map.of());
  }

  private HouseId house() {
    return desk.house()
        .id()
        .orElseThrow(() ->
            new Declined(
                Declined.Kind.UNAVAILABLE,
                "starting",
                "this orchestrator has not read its house's log yet; try again in a second",
                Optional.of(SOON)));
  }

  private Answer bundle(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    long after = call.number("after", 0, Long.MAX_VALUE).orElse(0L);
    Optional<TrustBundle> found =
        longPoll.until(call, wait -> desk.bundle(name, after, wait), Optional::isPresent);
    // Who has nothing yet is not kept waiting for signatures that it may not need.
    return found
        .or(() -> after == 0 ? desk.house().authority(name).map(Bundles::of) : Optional.empty())
        .map(Answer::ok)
        .orElseGet(Answer::nothing);
  }

  private Answer issue(Call call) {
    CredentialRequest request = call.document(CredentialRequest.class);
    // Whoever asks for its first credential of the built-in authority has none to show yet.
    boolean first = request.authority().equals(AuthorityName.BUILT_IN);
    call.requireSpeaksFor(request.participant(), first);
    return Answer.ok(desk.issue(request));
  }

  private Answer report(Call call) {
    Report report = call.document(Report.class);
    call.requireSpeaksFor(report.participant(), false);
    desk.report(report);
    return Answer.nothing();
  }

  private Answer participants() {
    return Answer.ok(
        new Participants(
            desk.house().participants().values().stream().map(Views::participant).toList()));
  }

  private Answer enrol(Call call) {
    WantedParticipant w = call.wanted(WantedParticipant.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.EnrolParticipant(
                w.participant(),
                w.identityKey(),
                w.memberships().stream().map(WantedMembership::membership).toList(),
                Operator.ID,
                w.breaks().orElse(List.of()))));
  }

  private Answer readmit(Call call) {
    ParticipantName name = call.path("name", ParticipantName::new);
    WantedReadmission w = call.wanted(WantedReadmission.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() -> new OperatorAct.ReadmitParticipant(name, w.reason(), Operator.ID)));
  }

  private Answer remove(Call call) {
    ParticipantName name = call.path("name", ParticipantName::new);
    String reason = call.query("reason").orElse("");
    List<String> breaks = call.query("break").map(all -> List.of(all.split(","))).orElse(List.of());
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.RemoveParticipant(
                name, reason, Operator.ID, breaks.stream().map(ParticipantName::new).toList())),
        () -> stillOpen(name));
  }

  /** Tokens by which its host may come back, under another name. */
  private List<String> stillOpen(ParticipantName name) {
    return desk.house().grants().values().stream()
        .filter(g -> g.isOpen(desk.now()) && g.barred().contains(name))
        .map(g ->
            "enrolment token %s is open for '%s' until %s: it lets in nobody as '%s' any more, but whoever holds it under another name that fits; 'carousel fleet token revoke %s' ends it"
                .formatted(g.id(), g.names(), g.expiresAt(), name, g.id()))
        .toList();
  }
}
