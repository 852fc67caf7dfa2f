package io.carousel.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.agent.Published;
import io.carousel.agent.tls.HouseTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Format;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The house behind its HTTP API. Thread-safe; a process needs one. */
public final class HttpHouse implements House, Published, AutoCloseable {
  /** Of an authority that trusts a CA without a CRL, and so publishes none. */
  private static final String NO_CRLS = "crl-missing";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  static final int ANSWER_LIMIT = 4 * 1024 * 1024;
  private static final String EVENTS = "text/event-stream";
  private static final int NOT_MODIFIED = 304;
  private static final int UNAUTHORISED = 401;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /** What the system calls it; the JDK has no type for it. */
  private static final Set<String> ENDED = Set.of("Broken pipe", "Connection reset by peer");

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private final URI base;
  private final Way way;
  private final Map<String, Tagged> published = new ConcurrentHashMap<>();
  private volatile HouseId id;
  private volatile Optional<Duration> clockDifference = Optional.empty();

  /**
   * A house at that address.
   *
   * @param base as {@code http://127.0.0.1:8437}; anything but loopback must be https, since the
   *     secret travels with each call
   * @param secretFile of mode 0600
   */
  public HttpHouse(URI base, Path secretFile) {
    if (!"https".equals(base.getScheme()) && !isLoopback(base)) {
      throw new IllegalArgumentException(
          "%s would carry the house's secret in clear: use https, or an address of this machine"
              .formatted(base));
    }
    this.base = base;
    this.way = Way.BySecret.in(secretFile, PATIENCE);
  }

  /**
   * A house over a network.
   *
   * @param base as {@code https://carousel.example:8438}
   * @param tls whom to take for the house, and what to show it
   */
  public HttpHouse(URI base, HouseTls tls) {
    if (!"https".equals(base.getScheme())) {
      throw new IllegalArgumentException("%s is no https address".formatted(base));
    }
    this.base = base;
    this.way = new Way.ByTls(base, tls, PATIENCE);
  }

  private static boolean isLoopback(URI base) {
    return "http".equals(base.getScheme())
        && base.getHost() != null
        && LOOPBACK.contains(base.getHost());
  }

  @Override
  public HouseId id() throws HouseException, InterruptedException {
    if (id == null) {
      id = read(send(openly("/v1/house").GET(), PATIENCE), HouseDescription.class).house();
    }
    return id;
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName authority, long newerThan, Duration wait)
      throws HouseException, InterruptedException {
    String path =
        "/v1/authorities/%s/bundle?after=%d&wait=%d.%03d"
            .formatted(
                URLEncoder.encode(authority.value(), UTF_8),
                newerThan,
                wait.toSeconds(),
                wait.toMillisPart());
    HttpResponse<byte[]> response = send(to(path).GET(), PATIENCE.plus(wait));
    if (response.statusCode() == 204) {
      return Optional.empty();
    }
    return Optional.of(told(response.body()));
  }

  /**
   * Opens the stream of those bundles whose sequence is greater than that.
   *
   * @return server-sent events; closed by the caller
   */
  InputStream bundles(AuthorityName authority, long after)
      throws HouseException, InterruptedException {
    String path =
        "/v1/authorities/%s/bundles?after=%d"
            .formatted(URLEncoder.encode(authority.value(), UTF_8), after);
    HttpRequest call = to(path).setHeader("Accept", EVENTS).build();
    try {
      HttpResponse<InputStream> response = begun(call);
      if (isStream(response.statusCode(), response.headers())) {
        return response.body();
      }
      throw refusal(response, response.body().readAllBytes());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private static boolean isStream(int status, HttpHeaders headers) {
    return status == 200 && headers.firstValue("Content-Type").filter(EVENTS::equals).isPresent();
  }

  /**
   * A stream as it comes; anything else once it is whole, so that it comes in time or not at all.
   */
  private static BodySubscriber<InputStream> body(HttpResponse.ResponseInfo answer) {
    return isStream(answer.statusCode(), answer.headers())
        ? BodySubscribers.ofInputStream()
        : BodySubscribers.mapping(
            BodySubscribers.limiting(BodySubscribers.ofByteArray(), ANSWER_LIMIT),
            ByteArrayInputStream::new);
  }

  /** A time limit of the request may be one of the body's end; a stream has to begin in time. */
  private HttpResponse<InputStream> begun(HttpRequest call)
      throws IOException, InterruptedException {
    var answer = way.client().sendAsync(call, HttpHouse::body);
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer within %d s".formatted(PATIENCE.toSeconds()));
    } finally {
      answer.cancel(true);
    }
  }

  /** A bundle that came as an event, once it is known to be the house's. */
  TrustBundle told(byte[] data) throws HouseException, InterruptedException {
    TrustBundle bundle = read(data, TrustBundle.class);
    way.require(bundle, id());
    return bundle;
  }

  @Override
  public Credential request(CredentialRequest request) throws HouseException, InterruptedException {
    return read(post("/v1/credentials", request), Credential.class);
  }

  @Override
  public void report(Report report) throws HouseException, InterruptedException {
    post("/v1/reports", report);
  }

  @Override
  public Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException {
    return read(post(openly("/v1/enrolments"), request), Enrolled.class);
  }

  /** Open to everybody: no secret is shown. */
  @Override
  public byte[] companion(AuthorityName authority, Format format)
      throws HouseException, InterruptedException {
    String name =
        switch (format) {
          case X509 -> "crls.pem";
          case SSH -> "krl";
          case JWT -> "jwks.json";
        };
    String path = "/pub/%s/%s".formatted(URLEncoder.encode(authority.value(), UTF_8), name);
    HttpRequest.Builder request = openly(path).GET();
    Optional<Tagged> had = Optional.ofNullable(published.get(path));
    had.ifPresent(t -> request.header("If-None-Match", t.tag()));
    HttpResponse<byte[]> response;
    try {
      response = send(request, PATIENCE);
    } catch (HouseException.Refused e) {
      if (e.code().equals(NO_CRLS)) {
        return new byte[0];
      }
      throw e;
    }
    if (response.statusCode() == NOT_MODIFIED && had.isPresent()) {
      return had.get().body();
    }
    response
        .headers()
        .firstValue("ETag")
        .ifPresent(tag -> published.put(path, new Tagged(tag, response.body())));
    return response.body();
  }

  /** What was published, as it was last told: each report asks whether it has changed. */
  private record Tagged(String tag, byte[] body) {}

  /**
   * Reads the secret, as each call does; over TLS there is none.
   *
   * @throws HouseException if it is missing, is none, or others can read it
   */
  public void requireSecret() throws HouseException {
    way.authorization();
  }

  /**
   * How far this machine's clock was ahead of the house's at its latest answer; negative if behind.
   * Empty if the house has not said what time it is.
   */
  public Optional<Duration> clockDifference() {
    return clockDifference;
  }

  private void compareClocks(HttpResponse<?> response) {
    try {
      response
          .headers()
          .firstValue("Date")
          .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
          .ifPresent(
              there -> clockDifference = Optional.of(Duration.between(there, Instant.now())));
    } catch (DateTimeParseException e) {
      clockDifference = Optional.empty();
    }
  }

  private HttpResponse<byte[]> post(String path, Object value)
      throws HouseException, InterruptedException {
    return post(to(path), value);
  }

  private HttpResponse<byte[]> post(HttpRequest.Builder request, Object value)
      throws HouseException, InterruptedException {
    return send(
        request
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(value))),
        PATIENCE);
  }

  private HttpRequest.Builder to(String path) throws HouseException {
    HttpRequest.Builder request = openly(path);
    way.authorization().ifPresent(shown -> request.header("Authorization", shown));
    return request;
  }

  /** For what is answered without the house's secret: who is not enrolled need not have it. */
  private HttpRequest.Builder openly(String path) {
    return HttpRequest.newBuilder(base.resolve(path)).header("Accept", "application/json");
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request, Duration patience)
      throws HouseException, InterruptedException {
    HttpRequest call = request.timeout(patience).build();
    HttpResponse<byte[]> response;
    try {
      response = send(way.client(), call);
    } catch (IOException e) {
      response = sendOtherwise(call, e);
    }
    compareClocks(response);
    return switch (response.statusCode()) {
      case 200, 204, NOT_MODIFIED -> response;
      default -> throw refusal(response, response.body());
    };
  }

  /** The few calls that need no credential may still get through. */
  private HttpResponse<byte[]> sendOtherwise(HttpRequest call, IOException first)
      throws HouseException, InterruptedException {
    IOException last = first;
    try {
      Optional<HttpClient> other = way.otherwise(first);
      if (other.isPresent()) {
        HttpResponse<byte[]> response = send(other.get(), call);
        if (response.statusCode() != UNAUTHORISED) {
          return response;
        }
      }
    } catch (IOException e) {
      e.addSuppressed(first);
      last = e;
    }
    throw unreachable(last);
  }

  private HouseException unreachable(IOException e) {
    return new HouseException.Unavailable(
        "the house at %s cannot be reached: %s".formatted(base, reason(e)), e);
  }

  /**
   * Asks once more where the connection ended without an answer: it was kept from a call before,
   * and its other side may end it at any time (RFC 9112, section 9.5). All that is asked here may
   * be asked twice; the JDK's client itself asks again for GET alone.
   */
  private static HttpResponse<byte[]> send(HttpClient client, HttpRequest call)
      throws IOException, InterruptedException {
    try {
      return sendOnce(client, call);
    } catch (IOException e) {
      if (!hasEnded(e)) {
        throw e;
      }
      return sendOnce(client, call);
    }
  }

  private static HttpResponse<byte[]> sendOnce(HttpClient client, HttpRequest call)
      throws IOException, InterruptedException {
    return client.send(call, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_LIMIT));
  }

  /** Whether the other side has ended the connection, and it is not that none came about. */
  private static boolean hasEnded(IOException failure) {
    if (failure instanceof ConnectException || failure instanceof HttpTimeoutException) {
      return false;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException
          || cause instanceof SocketException
          || cause instanceof ClosedChannelException
          || ENDED.contains(String.valueOf(cause.getMessage()))) {
        return true;
      }
    }
    return false;
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** What a status that is no success means. A house in trouble (5xx, 429) may be asked again. */
  private HouseException refusal(HttpResponse<?> response, byte[] body) {
    int status = response.statusCode();
    Problem problem = problem(status, body);
    if (status == 429 || status >= 500) {
      return new HouseException.Unavailable(problem.message(), retryAfter(response));
    }
    return new HouseException.Refused(problem.code(), problem.message(), "");
  }

  private Problem problem(int status, byte[] body) {
    try {
      return Json.PLAIN.read(body, Problem.class);
    } catch (UnreadableRecord e) {
      return new Problem(
          "status-" + status,
          "the house at %s answered with status %d and no reason that can be read"
              .formatted(base, status));
    }
  }

  /** Seconds (RFC 9110, section 10.2.3); null if it says nothing usable. */
  private static Duration retryAfter(HttpResponse<?> response) {
    try {
      return response
          .headers()
          .firstValue("Retry-After")
          .map(text -> Duration.ofSeconds(Math.max(0, Long.parseLong(text.strip()))))
          .map(asked -> asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE)
          .orElse(null);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private <T> T read(HttpResponse<byte[]> response, Class<T> type) throws HouseException {
    return read(response.body(), type);
  }

  private <T> T read(byte[] body, Class<T> type) throws HouseException {
    try {
      return Json.PLAIN.read(body, type);
    } catch (UnreadableRecord e) {
      throw new HouseException.Unavailable(
          "the house at %s gave an answer that cannot be read: %s".formatted(base, e.getMessage()),
          e);
    }
  }

  /** Ends calls under way. */
  @Override
  public void close() {
    way.close();
  }
}
