package io.carousel.deploy.demo;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.CommandId;
import io.carousel.events.FormatSuite;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Policy;
import io.carousel.events.Seen;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.Problem;
import io.carousel.orchestrator.documents.RotationStatus;
import io.carousel.orchestrator.documents.Wanted;
import io.carousel.orchestrator.documents.Wanted.WantedAdvance;
import io.carousel.orchestrator.documents.Wanted.WantedAuthority;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import io.carousel.orchestrator.documents.Wanted.WantedRollback;
import io.carousel.orchestrator.documents.Wanted.WantedRotation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/** What an operator does, over the HTTP API. Thread-safe. */
final class Operator implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final URI base;
  private final String secret;
  private final AuthorityName authority;
  private final SecureRandom random = new SecureRandom();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  /** Of that authority, at that node. */
  Operator(String api, Path secretFile, AuthorityName authority) throws IOException {
    this.base = URI.create(api);
    this.secret = Files.readString(secretFile).strip();
    this.authority = authority;
  }

  void createAuthority(Suite suite, List<SlotName> slots, Policy policy) throws DemoFailed {
    must(
        act(
            "/v1/authorities",
            new WantedAuthority(
                authority,
                Optional.of(FormatSuite.x509(suite)),
                slots,
                Optional.of(policy.leafLifetime()),
                Optional.of(policy.caLifetime()),
                Optional.of(policy.backdating()),
                policy.hold().map(Duration::toString),
                Optional.of(policy.crlLifetime()),
                policy.distribution(),
                Optional.of(policy.jwksMaxAge()),
                Optional.of(policy.ssh()))));
  }

  void enrol(ParticipantName participant, Bytes identityKey, List<Membership> memberships)
      throws DemoFailed {
    must(
        act(
            "/v1/participants",
            new WantedParticipant(
                participant,
                identityKey,
                memberships.stream().map(WantedMembership::of).toList())));
  }

  void start(Seen seen, String reason) throws DemoFailed {
    must(act(rotation(""), new WantedRotation(seen, Optional.empty(), Optional.of(reason))));
  }

  /**
   * Asks for the next phase.
   *
   * @return why not, if the gate does not hold yet
   */
  Optional<String> advance(Seen seen) throws DemoFailed {
    return act(
        rotation("/advance"),
        new WantedAdvance(seen, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  void rollBack(Seen seen, String reason) throws DemoFailed {
    must(act(rotation("/rollback"), new WantedRollback(seen, reason)));
  }

  RotationStatus status() throws DemoFailed {
    return get(rotation(""), RotationStatus.class);
  }

  AuthorityDetails details() throws DemoFailed {
    return get("/v1/authorities/" + authority, AuthorityDetails.class);
  }

  private String rotation(String verb) {
    return "/v1/authorities/%s/rotation%s".formatted(authority, verb);
  }

  private <T> T get(String path, Class<T> type) throws DemoFailed {
    HttpResponse<byte[]> response = send(to(path).GET().build());
    if (response.statusCode() != 200) {
      throw new DemoFailed("GET %s: %s".formatted(path, problem(response)));
    }
    return Json.PLAIN.read(response.body(), type);
  }

  private static void must(Optional<String> refusal) throws DemoFailed {
    if (refusal.isPresent()) {
      throw new DemoFailed("refused: " + refusal.get());
    }
  }

  /** Sends an act under one id until its outcome is known; returns the refusal. */
  private Optional<String> act(String path, Wanted wanted) throws DemoFailed {
    byte[] fresh = new byte[10];
    random.nextBytes(fresh);
    HttpRequest request =
        to(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", CommandId.of(Instant.now(), fresh).value())
            .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
            .build();
    HttpResponse<byte[]> response = send(request);
    return switch (response.statusCode()) {
      case 200 -> Optional.empty();
      case 409 -> Optional.of(problem(response));
      default -> throw new DemoFailed("POST %s: %s".formatted(path, problem(response)));
    };
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + secret);
  }

  /**
   * Asks again where the node is busy (503), and where a connection that was kept had ended, if the
   * request may be made twice: the JDK's client does that for GET alone.
   */
  private HttpResponse<byte[]> send(HttpRequest request) throws DemoFailed {
    Instant end = Instant.now().plus(PATIENCE);
    try {
      while (true) {
        try {
          HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
          if (response.statusCode() != 503 || Instant.now().isAfter(end)) {
            return response;
          }
        } catch (IOException e) {
          if (!mayBeRepeated(request) || Instant.now().isAfter(end)) {
            throw new DemoFailed("the node's API at %s does not answer: %s".formatted(base, e), e);
          }
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    }
  }

  private static boolean mayBeRepeated(HttpRequest request) {
    return request.method().equals("GET")
        || request.headers().firstValue("Idempotency-Key").isPresent();
  }

  private static String problem(HttpResponse<byte[]> response) {
    try {
      return Json.PLAIN.read(response.body(), Problem.class).message();
    } catch (UnreadableRecord e) {
      return "status " + response.statusCode();
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
