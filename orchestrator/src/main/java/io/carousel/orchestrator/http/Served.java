package io.carousel.orchestrator.http;

import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.documents.Problem;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes behind a door, as a web server runs them, until it stops. */
final class Served {
  private static final Logger LOG = LoggerFactory.getLogger(Served.class);
  private static final int NOT_IMPLEMENTED = 501;
  private static final int PAYLOAD_TOO_LARGE = 413;
  private static final int REQUEST_TIMEOUT = 408;
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Routes routes;
  private final Door door;
  private final Refusals refusals;
  private final Limits limits;
  private final Connections connections;
  private final Places requests;
  private final Places bodies;
  private final Phaser underWay = new Phaser(1);
  private volatile boolean stopping;

  Served(List<Endpoint.Route> routes, Door door, Refusals refusals, Limits limits) {
    this.routes = new Routes(routes);
    this.door = door;
    this.refusals = refusals;
    this.limits = limits;
    this.connections = new Connections(limits, refusals);
    this.requests =
        new Places(
            limits.requests(),
            "too-many-requests",
            "too many calls are answered here already; try again in a second",
            SOON);
    this.bodies =
        new Places(
            limits.bodies(),
            "too-many-bodies",
            "too many bodies are read here already; try again in a second",
            SOON);
  }

  boolean isStopping() {
    return stopping;
  }

  Limits limits() {
    return limits;
  }

  Connections connections() {
    return connections;
  }

  /** Answers one call. */
  void handle(Request request, Response response, Callback callback) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    // Whoever waits for news says nothing meanwhile. What is read or written has its own time.
    request.addIdleTimeoutListener(_ -> false);
    try {
      answer(request, endPoint, new Sending(response, endPoint, limits.times()));
      callback.succeeded();
    } catch (IOException e) {
      LOG.debug("a caller is gone before it was answered", e);
      callback.failed(e);
    } finally {
      connections.isAnswered(endPoint);
    }
  }

  /** Lets nobody in whom the door refuses, nor once it is closing. */
  private void answer(Request request, EndPoint endPoint, Sending sending) throws IOException {
    SocketAddress from = request.getConnectionMetaData().getRemoteSocketAddress();
    Optional<Peer> peer = Optional.empty();
    Answer refused = null;
    try {
      refuseUnknownCodings(request);
      peer = Optional.of(door.admit(request));
    } catch (BadCall e) {
      refused = e.answer();
    }
    CallerKey caller = CallerKey.of(peer.orElseGet(Peer.Stranger::new), from);
    if (refused != null) {
      connections.isRefused(endPoint, caller);
      send(request, sending, refused);
    } else {
      connections.asks(endPoint, caller);
      counted(request, peer.orElseThrow(), caller, sending);
    }
  }

  /** Chunks are read here, and nothing that is coded besides (RFC 9112, section 6.1). */
  private static void refuseUnknownCodings(Request request) {
    List<String> codings = request.getHeaders().getValuesList(HttpHeader.TRANSFER_ENCODING);
    if (!codings.isEmpty()
        && !(codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked"))) {
      String message = "bodies may be chunked, and coded in no other way";
      throw new BadCall(
          Answer.problem(NOT_IMPLEMENTED, "unknown-coding", message).with("Connection", "close"),
          message);
    }
  }

  /** Counted before it looks whether the server stops, so that either sees the other. */
  private void counted(Request request, Peer peer, CallerKey caller, Sending sending)
      throws IOException {
    underWay.register();
    try {
      if (stopping) {
        send(request, sending, Faults.stopping());
      } else {
        placed(request, peer, caller, sending);
      }
    } finally {
      underWay.arriveAndDeregister();
    }
  }

  private void placed(Request request, Peer peer, CallerKey caller, Sending sending)
      throws IOException {
    try (Places.Taken _ = requests.take(caller, 1);
        Places.Taken body = bodies.take(caller, 0)) {
      Answer answer =
          Faults.caught(() -> {
            String path = Request.getPathInContext(request);
            Routes.Found found = routes.find(request.getMethod(), path == null ? "" : path);
            var who = new Call.Who(peer, caller, () -> door.admit(request));
            var reading = new Body(request, body, limits.times());
            return found.endpoint().answer(new Call(request, found.parameters(), who, reading));
          });
      send(request, sending, answer);
    } catch (BadCall e) {
      send(request, sending, e.answer());
    }
  }

  private void send(Request request, Sending sending, Answer answer) throws IOException {
    if (answer.body().isPresent() && answer.body().get() instanceof Problem problem) {
      refusals.count(problem.code());
    }
    sending.send(answer, isLast(request, answer));
  }

  /**
   * Whether the connection ends after this answer. Whoever is not told so sends its next request
   * into the end, and cannot know whether it was heard (RFC 9112, section 9.6).
   */
  private boolean isLast(Request request, Answer answer) {
    boolean worthReading =
        answer.status() != PAYLOAD_TOO_LARGE && answer.status() != REQUEST_TIMEOUT;
    return !worthReading
        || !Body.isPassedOver(request, limits.times())
        || stopping
        || connections.isToEnd(request.getConnectionMetaData().getConnection().getEndPoint());
  }

  /** Answers what is under way, waiting callers at once; whoever calls now is told of it. */
  void stop() {
    stopping = true;
    try {
      underWay.awaitAdvanceInterruptibly(
          underWay.arrive(), GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      // Whoever is still answered now is cut off; acts that were sent are decided all the same.
      LOG.debug("callers are cut off", e);
    }
  }
}
