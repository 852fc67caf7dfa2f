package io.carousel.orchestrator.http;

import io.carousel.orchestrator.credential.Names;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.documents.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * The HTTP API on this machine's loopback address. Each call runs on a virtual thread of its own.
 */
public final class ApiServer implements AutoCloseable {
  /** Balancers that are told nothing else ask here whether somebody serves (OPTIONS /). */
  static final String ROOT = "/";

  /** Asks for no secret; it says nothing but that somebody is here. */
  static final String HEALTH = "/healthz";

  /** Whether the process answers at all, as Kubernetes asks before it starts it again. */
  static final String LIVE = "/livez";

  /** Whether calls should be sent here, as Kubernetes asks before it does. */
  static final String READY = "/readyz";

  /**
   * What is answered to those who do not have the secret: a host that is no participant yet has
   * nothing to show but the signature of an enrolment token. The id of a house stands in its JSON
   * Web Tokens too.
   */
  private static final Set<String> OPEN =
      Set.of(
          HEALTH, LIVE, READY, OpenApi.PATH, FleetEndpoints.HOUSE, EnrolmentEndpoints.ENROLMENTS);

  private static final String HOST = "127.0.0.1";
  private static final String NO_SECRET =
      "the API's secret was not shown; send the header 'Authorization: Bearer SECRET' with what the node's secret file holds";

  private final Path secretFile;
  private final int wantedPort;
  private final Served served;
  private final Consumer<String> broken;
  private Secret secret;
  private HttpServer server;

  /**
   * An API that is not started yet.
   *
   * @param port 0: any free one
   * @param secretFile made with mode 0600 if there is none
   * @param broken is told why, once it listens no more though nobody has stopped it
   */
  public ApiServer(FrontDesk desk, int port, Path secretFile, Consumer<String> broken) {
    this(desk, port, secretFile, broken, Limits.ofApi());
  }

  ApiServer(FrontDesk desk, int port, Path secretFile, Consumer<String> broken, Limits limits) {
    this.broken = broken;
    this.wantedPort = port;
    this.secretFile = secretFile;
    this.served =
        new Served(routes(desk, limits, this::isStopping), this::admit, desk.refusals(), limits);
  }

  /** What everybody can call here. */
  static List<Endpoint.Route> routes(FrontDesk desk, Limits limits, BooleanSupplier stopping) {
    var longPoll = new LongPoll(limits.polls(), stopping);
    var routes = new ArrayList<Endpoint.Route>();
    routes.addAll(OpenApi.routes());
    routes.addAll(new OperatorEndpoints(desk, longPoll).routes());
    routes.addAll(new ExternalEndpoints(desk).routes());
    var fleet =
        new FleetEndpoints(desk, longPoll, new BundleStreams(desk, limits.streams(), stopping));
    routes.addAll(fleet.forParticipants());
    routes.addAll(fleet.forOperators());
    routes.addAll(new EnrolmentEndpoints(desk).forHosts());
    routes.addAll(new EnrolmentEndpoints(desk).forOperators());
    routes.addAll(new SlotEndpoints(desk).routes());
    routes.addAll(new OriginEndpoints(desk).routes());
    routes.addAll(new AuthorEndpoints(desk).routes());
    routes.addAll(new PublicationEndpoints(desk, longPoll).routes());
    routes.add(new Endpoint.Route("GET", "/v1/state", _ -> Answer.ok(State.of(desk.house()))));
    routes.add(
        new Endpoint.Route(
            "GET", "/v1/refusals", _ -> Answer.ok(new Refused(desk.refusals().counts()))));
    return routes;
  }

  private boolean isStopping() {
    return served.isStopping();
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
    try {
      server =
          HttpServer.open(new HttpServer.Place(HOST, wantedPort, Optional.empty()), served, broken);
    } catch (IOException e) {
      throw new CannotServe(
          "the API cannot listen on %s:%d; is another node running there, or is the port reserved? Choose another port, or 0 for any free one"
              .formatted(HOST, wantedPort),
          e);
    }
    return this;
  }

  /** Where it listens. */
  public synchronized int port() {
    return server.port();
  }

  /** Whether it asks no more than whether somebody serves, as balancers do. */
  static boolean isCheck(Request request) {
    return request.getMethod().equals("OPTIONS") && ROOT.equals(Request.getPathInContext(request));
  }

  /** Lets nobody in without the secret. */
  private Peer admit(Request request) {
    String path = Request.getPathInContext(request);
    if (OPEN.contains(path) || path.startsWith(Names.OPEN) || isCheck(request)) {
      return new Peer.Stranger();
    }
    if (!secret.shownBy(
        Objects.requireNonNullElse(request.getHeaders().get(HttpHeader.AUTHORIZATION), ""))) {
      throw new BadCall(
          Answer.problem(401, "unauthorised", NO_SECRET).with("WWW-Authenticate", "Bearer"),
          NO_SECRET);
    }
    return new Peer.Local();
  }

  /** Answers what is under way, waiting callers at once, and stops listening. */
  public synchronized void stop() {
    if (server != null && !served.isStopping()) {
      server.stop();
    }
  }

  /** As {@link #stop}. */
  @Override
  public void close() {
    stop();
  }
}
