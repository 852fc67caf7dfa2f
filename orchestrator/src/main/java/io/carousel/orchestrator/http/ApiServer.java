package io.carousel.orchestrator.http;

import io.carousel.events.wire.Json;
import io.carousel.orchestrator.credential.Names;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.documents.Problem;
import io.carousel.orchestrator.documents.Refused;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The HTTP API on this machine's loopback address. Each call runs on a virtual thread of its own.
 */
public final class ApiServer implements AutoCloseable {
  /** The one path that asks for no secret; it says nothing but that somebody is here. */
  static final String HEALTH = "/healthz";

  private static final String HOST = "127.0.0.1";
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Held, since the JDK forgets levels of loggers that nobody holds. */
  private static final Logger HELIDON = Logger.getLogger("io.helidon");

  private final Refusals refusals;
  private final Path secretFile;
  private final int wantedPort;
  private final List<Endpoint.Route> routes = new ArrayList<>();
  private final Phaser underWay = new Phaser(1);
  private volatile boolean stopping;
  private Secret secret;
  private WebServer server;

  /**
   * An API that is not started yet.
   *
   * @param port 0: any free one
   * @param secretFile made with mode 0600 if there is none
   */
  public ApiServer(FrontDesk desk, int port, Path secretFile) {
    this.refusals = desk.refusals();
    this.wantedPort = port;
    this.secretFile = secretFile;
    var longPoll = new LongPoll(() -> stopping);
    routes.addAll(new OperatorEndpoints(desk, longPoll).routes());
    routes.addAll(new ExternalEndpoints(desk).routes());
    routes.addAll(new FleetEndpoints(desk, longPoll).routes());
    routes.addAll(new SlotEndpoints(desk).routes());
    routes.addAll(new OriginEndpoints(desk).routes());
    routes.addAll(new AuthorEndpoints(desk).routes());
    routes.addAll(new PublicationEndpoints(desk).routes());
    routes.add(new Endpoint.Route("GET", "/v1/state", _ -> Answer.ok(State.of(desk.house()))));
    routes.add(
        new Endpoint.Route("GET", "/v1/refusals", _ -> Answer.ok(new Refused(refusals.counts()))));
  }

  /**
   * Starts to listen.
   *
   * @throws CannotServe if the secret is exposed or the port taken
   */
  public synchronized ApiServer start() {
    if (server != null) {
      throw new IllegalStateException("started already");
    }
    secret = Secret.in(secretFile);
    // It logs a trace where it cannot listen, and throws nothing.
    HELIDON.setLevel(Level.OFF);
    WebServer made = built().start();
    HELIDON.setLevel(Level.WARNING);
    if (!made.isRunning()) {
      throw new CannotServe(
          "the API cannot listen on %s:%d; is another node running there, or is the port reserved? Choose another port, or 0 for any free one"
              .formatted(HOST, wantedPort),
          null);
    }
    server = made;
    return this;
  }

  private WebServer built() {
    return WebServer.builder()
        .host(HOST)
        .port(wantedPort)
        .shutdownHook(false)
        .shutdownGracePeriod(Duration.ofMillis(100))
        .maxPayloadSize(Call.PASSED_OVER)
        .directHandlers(ProtocolFaults.answers())
        .routing(this::route)
        .build();
  }

  /** Where it listens. */
  public synchronized int port() {
    return server.port();
  }

  private void route(HttpRouting.Builder routing) {
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

  /** Lets nobody in without the secret, nor once it is closing. */
  private void admit(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    String path = request.path().path();
    boolean open = path.equals(HEALTH) || path.startsWith(Names.OPEN);
    String shown = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
    if (!open && !secret.shownBy(shown)) {
      send(
          response,
          Answer.problem(
                  401,
                  "unauthorised",
                  "the API's secret was not shown; send the header 'Authorization: Bearer SECRET' with what the node's secret file holds")
              .with("WWW-Authenticate", "Bearer"));
    } else {
      counted(chain, response);
    }
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
    answer
        .body()
        .ifPresentOrElse(
            body ->
                typed(response, answer)
                    .send(body instanceof byte[] ready ? ready : Json.PLAIN.write(body)),
            response::send);
  }

  private static ServerResponse typed(ServerResponse response, Answer answer) {
    return answer.headers().containsKey("Content-Type")
        ? response
        : response
            .header(HeaderNames.CONTENT_TYPE, "application/json")
            .header(HeaderNames.CACHE_CONTROL, "no-store");
  }

  /** Answers what is under way, waiting callers at once, and stops listening. */
  public synchronized void stop() {
    if (server == null || stopping) {
      return;
    }
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

  /** As {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
