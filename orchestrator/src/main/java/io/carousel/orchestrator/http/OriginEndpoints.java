package io.carousel.orchestrator.http;

import io.carousel.events.Adoption;
import io.carousel.events.AuthorityName;
import io.carousel.events.CrlNumber;
import io.carousel.events.ForeignKey;
import io.carousel.events.OperatorAct;
import io.carousel.events.Origin;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.Wanted.WantedAdoption;
import io.carousel.orchestrator.documents.Wanted.WantedAuthority;
import io.carousel.orchestrator.documents.Wanted.WantedDistrust;
import io.carousel.orchestrator.documents.Wanted.WantedForeignCrl;
import io.carousel.orchestrator.documents.Wanted.WantedForeignCrlSource;
import io.carousel.orchestrator.documents.Wanted.WantedRetrust;
import java.util.List;
import java.util.Optional;

/** What operators call about keys from elsewhere, and about trust in retired generations. */
final class OriginEndpoints {
  private static final String GENERATION = "/v1/authorities/{name}/generations/{generation}";

  private final FrontDesk desk;

  OriginEndpoints(FrontDesk desk) {
    this.desk = desk;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        new Endpoint.Route("POST", GENERATION + "/retrust", this::retrust),
        new Endpoint.Route("POST", GENERATION + "/distrust", this::distrust),
        new Endpoint.Route("POST", "/v1/authorities/{name}/foreign-crl", this::crl),
        new Endpoint.Route("POST", "/v1/authorities/{name}/foreign-crl-source", this::source));
  }

  /** Where the keys of a new authority come from. */
  static Origin origin(WantedAuthority w) {
    return new Origin(
        w.adopt().orElse(List.of()).stream().map(OriginEndpoints::adoption).toList(),
        w.imports().orElse(List.of()).stream()
            .<ForeignKey>flatMap(text -> ForeignKeyText.read(text).keys().stream())
            // Files may repeat each other.
            .distinct()
            .toList());
  }

  /** What of it is not taken. */
  static List<String> leftOut(WantedAuthority w) {
    return w.imports().orElse(List.of()).stream()
        .flatMap(text -> ForeignKeyText.read(text).leftOut().stream())
        .toList();
  }

  private static Adoption adoption(WantedAdoption w) {
    Optional<ForeignCrl> crl = w.crl().map(der -> ForeignCrl.read(der, w.certificate()));
    return new Adoption(
        w.place(),
        w.key(),
        w.certificate(),
        w.acceptWeak().orElse(false),
        crl.map(l -> l.next(w.crlNumber())).or(w::crlNumber).orElse(CrlNumber.FIRST),
        crl.map(ForeignCrl::revoked).orElse(List.of()));
  }

  private Answer crl(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedForeignCrl w = call.wanted(WantedForeignCrl.class);
    return OperatorEndpoints.act(
        desk, call, Call.valid(() -> new OperatorAct.ImportForeignCrl(name, w.crl(), Operator.ID)));
  }

  private Answer source(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    WantedForeignCrlSource w = call.wanted(WantedForeignCrlSource.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() -> new OperatorAct.FollowForeignCrl(name, w.key(), w.url(), Operator.ID)));
  }

  private Answer retrust(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    int generation = call.path("generation", Integer::valueOf);
    WantedRetrust w = call.wanted(WantedRetrust.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(
            () -> new OperatorAct.Retrust(name, w.seen(), generation, w.reason(), Operator.ID)));
  }

  private Answer distrust(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    int generation = call.path("generation", Integer::valueOf);
    WantedDistrust w = call.wanted(WantedDistrust.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.Distrust(
                name,
                w.seen(),
                generation,
                w.abandon().orElse(List.of()),
                w.nobody().orElse(false),
                w.elsewhereReplaced().orElse(false),
                w.reason(),
                Operator.ID,
                w.breaks().orElse(List.of()))));
  }
}
