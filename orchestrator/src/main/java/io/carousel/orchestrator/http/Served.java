package io.carousel.orchestrator.http;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.documents.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Routes behind a door, as a web server runs them, until it stops. */
final class Served {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final List<Endpoint.Route> routes;
  private final Door door;
  private final Refusals refusals;
  private final Phaser underWay = new Phaser(1);
  private volatile boolean stopping;

  Served(List<Endpoint.Route> routes, Door door, Refusals refusals) {
    this.routes = List.copyOf(routes);
    this.door = door;
    this.refusals = refusals;
  }

  boolean isStopping() {
    return stopping;
  }

  /** Says what is where. */
  void route(HttpRouting.Builder routing) {
    routing.addFilter(this::admit);
    var methods = new LinkedHashMap<String, List<String>>();
    for (Endpoint.Route route : routes) {
      routing.route(
          Method.create(route.method()),
          route.path(),
          (request, response) ->
              send(response, Faults.caught(() -> route.endpoint().answer(new Call(request)))));
      methods.computeIfAbsent(route.path(), _ -> new ArrayList<>()).add(route.method());
    }
    methods.forEach((path, known) -> refuseOthers(routing, path, known));
    routing.any((request, response) ->
        send(
            response,
            Answer.problem(404, "unknown-path", "nothing is here; see docs/http-api.md")));
  }

  private void refuseOthers(HttpRouting.Builder routing, String path, List<String> known) {
    String allowed = known.stream().sorted().collect(Collectors.joining(", "));
    routing.route(
        _ -> true,
        PathMatchers.create(path),
        (request, response) ->
            send(
                response,
                Answer.problem(405, "wrong-method", "this path answers to %s".formatted(allowed))
                    .with("Allow", allowed)));
  }

  /** Lets nobody in whom the door refuses, nor once it is closing. */
  private void admit(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    try {
      request.context().register(door.admit(request));
      Call.Judging again = () -> door.admit(request);
      request.context().register(again);
    } catch (BadCall e) {
      send(response, e.answer());
      return;
    }
    counted(chain, response);
  }

  /** Counted before it looks whether the server stops, so that either sees the other. */
  private void counted(FilterChain chain, RoutingResponse response) {
    underWay.register();
    try {
      if (stopping) {
        send(response, Faults.stopping());
      } else {
        chain.proceed();
      }
    } finally {
      underWay.arriveAndDeregister();
    }
  }

  private void send(ServerResponse response, Answer answer) {
    if (answer.body().isPresent() && answer.body().get() instanceof Problem problem) {
      refusals.count(problem.code());
    }
    response.status(Status.create(answer.status()));
    answer.headers().forEach((name, value) -> response.header(name, value));
    if (answer.status() == 413) {
      // The rest of the body is not worth reading.
      response.header(HeaderValues.CONNECTION_CLOSE);
    }
    answer.body().ifPresentOrElse(body -> send(response, answer, body), response::send);
  }

  private static void send(ServerResponse response, Answer answer, Object body) {
    switch (body) {
      case Answer.EventStream events -> events.to(response);
      case byte[] ready -> typed(response, answer).send(ready);
      default -> typed(response, answer).send(Json.PLAIN.write(body));
    }
  }

  private static ServerResponse typed(ServerResponse response, Answer answer) {
    return answer.headers().containsKey("Content-Type")
        ? response
        : response
            .header(HeaderNames.CONTENT_TYPE, "application/json")
            .header(HeaderNames.CACHE_CONTROL, "no-store");
  }

  /** Answers what is under way, waiting callers at once, and stops listening. */
  void stop(WebServer server) {
    stopping = true;
    try {
      underWay.awaitAdvanceInterruptibly(
          underWay.arrive(), GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // Whoever is still answered now is cut off; acts that were sent are decided all the same.
    }
    server.stop();
  }
}
