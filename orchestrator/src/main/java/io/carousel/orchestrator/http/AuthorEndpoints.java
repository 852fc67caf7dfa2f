package io.carousel.orchestrator.http;

import io.carousel.events.AuthorName;
import io.carousel.events.OperatorAct;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.Authors;
import io.carousel.orchestrator.documents.Authors.AuthorLine;
import io.carousel.orchestrator.documents.Wanted.WantedAuthor;
import java.util.List;

/** Which processes may sign records: further workers come and go here. */
final class AuthorEndpoints {
  private static final String AUTHORS = "/v1/authors";

  private final FrontDesk desk;

  AuthorEndpoints(FrontDesk desk) {
    this.desk = desk;
  }

  List<Endpoint.Route> routes() {
    return List.of(
        new Endpoint.Route("GET", AUTHORS, _ -> authors()),
        new Endpoint.Route("POST", AUTHORS, this::enrol),
        new Endpoint.Route("DELETE", AUTHORS + "/{author}", this::remove));
  }

  private Answer authors() {
    return Answer.ok(
        new Authors(desk.house().authors().values().stream().map(AuthorEndpoints::line).toList()));
  }

  private static AuthorLine line(KnownAuthor a) {
    return new AuthorLine(a.name(), a.role(), a.slot(), a.publicKey().digest());
  }

  private Answer enrol(Call call) {
    WantedAuthor w = call.wanted(WantedAuthor.class);
    return OperatorEndpoints.act(
        desk,
        call,
        Call.valid(() ->
            new OperatorAct.EnrolAuthor(
                w.author(), w.role(), w.slot(), w.publicKey(), Operator.ID)));
  }

  private Answer remove(Call call) {
    AuthorName name = call.path("author", AuthorName::new);
    String reason = call.query("reason").orElse("");
    return OperatorEndpoints.act(
        desk, call, Call.valid(() -> new OperatorAct.RemoveAuthor(name, reason, Operator.ID)));
  }
}
