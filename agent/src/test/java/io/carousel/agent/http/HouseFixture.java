package io.carousel.agent.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.agent.Published;
import io.carousel.events.AuthorityName;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Digest;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.Format;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The HTTP API of a house, and whatever a house may answer when it is unwell. */
public final class HouseFixture implements AutoCloseable {
  public static final String SECRET = "a-secret-that-is-long-enough";
  private static final Set<String> OPEN = Set.of("/v1/house", "/v1/enrolments");
  private static final Duration TURN = Duration.ofMillis(100);
  private static final Pattern BUNDLE =
      Pattern.compile("/v1/authorities/([^/]+)/bundle\\?after=(\\d+)&wait=(\\d+)\\.(\\d{3})");

  /** An answer made up beforehand. */
  record Canned(int status, String retryAfter, byte[] body) {
    static Canned of(int status, String body) {
      return new Canned(status, null, body.getBytes(UTF_8));
    }
  }

  /** How it tells its bundles by events. */
  enum Streams {
    /** As a house does. */
    ALL,
    /** An older house. */
    NONE,
    /** It begins, and then nothing comes. */
    MUTE,
    /** It ends within its first event. */
    BROKEN,
    /** What it tells is no bundle. */
    GARBAGE
  }

  private final House house;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Canned canned;
  private volatile Streams streams = Streams.ALL;
  private final AtomicInteger unchanged = new AtomicInteger();
  private final AtomicInteger polled = new AtomicInteger();
  private final AtomicInteger streamed = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();

  public HouseFixture(House house) throws IOException {
    this.house = house;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public static Path secretFile(Path folder, String secret) throws IOException {
    Path file = folder.resolve("secret");
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, secret + "\n");
  }

  /** Answers that to everything from now on; null: as the house does. */
  void answer(Canned made) {
    canned = made;
  }

  /** Tells events so from now on; streams that have begun go on. */
  void stream(Streams made) {
    streams = made;
  }

  /** Ends the streams that tell now. */
  void cut() {
    cuts.incrementAndGet();
  }

  /** How often somebody asked for a bundle. */
  int polled() {
    return polled.get();
  }

  /** How often whoever asked for CRLs had them already. */
  int unchanged() {
    return unchanged.get();
  }

  /** How many bundles were told by events. */
  int streamed() {
    return streamed.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Canned made = canned;
    if (made != null) {
      if (made.retryAfter() != null) {
        exchange.getResponseHeaders().set("Retry-After", made.retryAfter());
      }
      send(exchange, made.status(), made.body());
    } else if (exchange.getRequestURI().getPath().equals("/pub/db/crls.pem")) {
      published(exchange);
    } else if (!OPEN.contains(exchange.getRequestURI().getPath())
        && !("Bearer " + SECRET).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      send(exchange, 401, Json.PLAIN.write(new Problem("unauthorised", "wrong secret")));
    } else {
      byHouse(exchange, body);
    }
  }

  private void published(HttpExchange exchange) throws IOException {
    try {
      byte[] crls = ((Published) house).companion(new AuthorityName("db"), Format.X509);
      String tag = "\"%s\"".formatted(Digest.of(crls));
      exchange.getResponseHeaders().set("ETag", tag);
      if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
        unchanged.incrementAndGet();
        send(exchange, 304, new byte[0]);
      } else {
        send(exchange, 200, crls);
      }
    } catch (HouseException e) {
      send(exchange, 503, Json.PLAIN.write(new Problem("busy", e.getMessage())));
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private void byHouse(HttpExchange exchange, byte[] body) throws IOException {
    try {
      String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
      switch (call) {
        case "GET /v1/house" -> ok(exchange, new HouseDescription(house.id()));
        case "POST /v1/enrolments" ->
            ok(exchange, house.enrol(Json.PLAIN.read(body, EnrolmentRequest.class)));
        case "POST /v1/credentials" ->
            ok(exchange, house.request(Json.PLAIN.read(body, CredentialRequest.class)));
        case "POST /v1/reports" -> {
          house.report(Json.PLAIN.read(body, Report.class));
          send(exchange, 204, new byte[0]);
        }
        case "GET /v1/authorities/db/bundles" -> bundles(exchange);
        default -> bundle(exchange);
      }
    } catch (HouseException.Refused e) {
      var problem = new Problem(e.code(), e.getMessage());
      send(exchange, 409, Json.PLAIN.write(problem));
    } catch (HouseException e) {
      send(exchange, 503, Json.PLAIN.write(new Problem("busy", e.getMessage())));
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private void bundles(HttpExchange exchange)
      throws IOException, HouseException, InterruptedException {
    Streams how = streams;
    if (how == Streams.NONE) {
      send(exchange, 404, Json.PLAIN.write(new Problem("unknown-path", "nothing is here")));
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      write(out, ":\n\n");
      switch (how) {
        case MUTE -> Thread.sleep(Duration.ofMinutes(1));
        case BROKEN -> write(out, "event:bundle\ndata:{\"authority\":");
        case GARBAGE -> write(out, "event:bundle\ndata:{}\n\n");
        default -> tellAll(out, exchange.getRequestURI().getQuery());
      }
    }
  }

  private void tellAll(OutputStream out, String query)
      throws IOException, HouseException, InterruptedException {
    long after = Long.parseLong(query.substring("after=".length()));
    int before = cuts.get();
    while (cuts.get() == before) {
      Optional<TrustBundle> news = house.bundle(new AuthorityName("db"), after, TURN);
      if (news.isPresent()) {
        after = news.get().sequence();
        streamed.incrementAndGet();
        write(
            out,
            "id:%d\nevent:bundle\ndata:%s\n\n"
                .formatted(after, new String(Json.PLAIN.write(news.get()), UTF_8)));
      } else {
        write(out, ":\n\n");
      }
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(UTF_8));
    out.flush();
  }

  private void bundle(HttpExchange exchange)
      throws IOException, HouseException, InterruptedException {
    Matcher asked = BUNDLE.matcher(exchange.getRequestURI().toString());
    if (!asked.matches()) {
      send(exchange, 404, Json.PLAIN.write(new Problem("no-such-page", "no such page")));
      return;
    }
    polled.incrementAndGet();
    Optional<TrustBundle> news =
        house.bundle(
            new AuthorityName(asked.group(1)),
            Long.parseLong(asked.group(2)),
            Duration.ofMillis(Long.parseLong(asked.group(3) + asked.group(4))));
    if (news.isPresent()) {
      ok(exchange, news.get());
    } else {
      send(exchange, 204, new byte[0]);
    }
  }

  private static void ok(HttpExchange exchange, Object value) throws IOException {
    send(exchange, 200, Json.PLAIN.write(value));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
