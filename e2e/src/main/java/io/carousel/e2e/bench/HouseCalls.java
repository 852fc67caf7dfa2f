package io.carousel.e2e.bench;

import io.carousel.events.CommandId;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.Problem;
import io.carousel.orchestrator.documents.Wanted;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;

/** What operators ask of a house, over its HTTP API. Thread-safe. */
final class HouseCalls implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int UNAVAILABLE = 503;

  private final URI base;
  private final String secret;
  private final SecureRandom random = new SecureRandom();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  HouseCalls(URI base, Path secretFile) throws IOException {
    this.base = base;
    this.secret = Files.readString(secretFile).strip();
  }

  /** Acts; one that must not be refused. */
  long must(String path, Wanted wanted) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = act(path, wanted);
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("%s: %s".formatted(path, problem(answer).message()));
    }
    return Json.PLAIN.read(answer.body(), Done.class).sequence();
  }

  /** Acts; empty, or by which code it was refused. */
  Optional<String> may(String path, Wanted wanted) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = act(path, wanted);
    return answer.statusCode() == 200 ? Optional.empty() : Optional.of(problem(answer).code());
  }

  <T> T get(String path, Class<T> type) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = send(to(path).GET().build());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException("%s: %s".formatted(path, problem(answer).message()));
    }
    return Json.PLAIN.read(answer.body(), type);
  }

  private HttpResponse<byte[]> act(String path, Wanted wanted)
      throws IOException, InterruptedException {
    byte[] fresh = new byte[10];
    random.nextBytes(fresh);
    return send(
        to(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", CommandId.of(Instant.now(), fresh).value())
            .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted)))
            .build());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Accept", "application/json")
        .header("Authorization", "Bearer " + secret)
        .timeout(PATIENCE);
  }

  /** Again while the house says that it cannot now. */
  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<byte[]> answer = answer(request);
      if (answer.statusCode() != UNAVAILABLE || System.nanoTime() - end > 0) {
        return answer;
      }
      Thread.sleep(PAUSE);
    }
  }

  /** Once more where a kept connection has ended: acts have a key, so they are done once. */
  private HttpResponse<byte[]> answer(HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return client.send(request, BodyHandlers.ofByteArray());
    }
  }

  private static Problem problem(HttpResponse<byte[]> answer) {
    return Json.PLAIN.read(answer.body(), Problem.class);
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
