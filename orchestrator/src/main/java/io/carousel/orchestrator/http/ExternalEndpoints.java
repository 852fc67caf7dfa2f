package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.OperatorAct;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.CaRequests;
import io.carousel.orchestrator.documents.CaRequests.CaRequestLine;
import io.carousel.orchestrator.documents.Wanted.WantedCaCertificate;
import io.carousel.orchestrator.documents.Wanted.WantedRootCrl;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Generation;
import io.carousel.orchestrator.rules.Key;
import java.util.List;
import java.util.stream.Stream;

/** What operators call about the external root of an authority. */
final class ExternalEndpoints {
  private static final String AUTHORITY = "/v1/authorities/{name}";

  private final FrontDesk desk;

  ExternalEndpoints(FrontDesk desk) {
    this.desk = desk;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        new Endpoint.Route("GET", AUTHORITY + "/requests", this::requests),
        new Endpoint.Route("POST", AUTHORITY + "/certificates", this::certificate),
        new Endpoint.Route("POST", AUTHORITY + "/root-crl", this::crl));
  }

  private Answer requests(Call call) {
    Authority a = OperatorEndpoints.authority(desk.house(), call);
    return Answer.ok(
        new CaRequests(
            a.generations().values().stream().flatMap(ExternalEndpoints::waiting).toList()));
  }

  /** Keys that were given up before they had a certificate wait for nothing. */
  private static Stream<CaRequestLine> waiting(Generation g) {
    return g.keys().values().stream()
        .filter(Key.AwaitingCertificate.class::isInstance)
        .map(Key.AwaitingCertificate.class::cast)
        .filter(k -> k.made().stage().isEmpty())
        .map(k -> new CaRequestLine(g.number(), k.slot(), k.subject(), k.request()));
  }

  private Answer certificate(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedCaCertificate w = call.wanted(WantedCaCertificate.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() -> new OperatorAct.ImportCaCertificate(name, w.certificate(), Operator.ID)));
  }

  private Answer crl(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedRootCrl w = call.wanted(WantedRootCrl.class);
    return OperatorEndpoints.act(
        desk, call, Call.valid(() -> new OperatorAct.ImportRootCrl(name, w.crl(), Operator.ID)));
  }
}
