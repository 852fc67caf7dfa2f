package io.carousel.orchestrator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.CommandId;
import io.carousel.events.ParticipantName;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import io.carousel.orchestrator.documents.Done;
import io.carousel.orchestrator.documents.HistoryPage;
import io.carousel.orchestrator.documents.Problem;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Calls to a node. Reading is repeated until patience ends; an act too, always with the same
 * command id, so that it is done at most once however often it is sent.
 */
final class Api implements AutoCloseable {
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(10);

  private final Node node;
  private final Surroundings surroundings;
  private final HttpClient client;

  Api(Node node, Surroundings surroundings) {
    this.node = node;
    this.surroundings = surroundings;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(surroundings.patience())
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** Reads a document. */
  <T> T get(String path, Class<T> type) {
    return get(path, Duration.ZERO, type);
  }

  /** Reads a document that the node may hold back for a while. */
  <T> T get(String path, Duration wait, Class<T> type) {
    return read(send(to(path).GET(), false, wait), type);
  }

  /** Acts; returns once the node knows the outcome and shows it. */
  Done act(String path, Object wanted) {
    return act(
        to(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.PLAIN.write(wanted))));
  }

  /** Has something removed or ended; returns as {@link #act} does. */
  Done remove(String path, String reason) {
    return remove(path, reason, List.of());
  }

  /** As above, where that breaks those. */
  Done remove(String path, String reason, List<ParticipantName> breaks) {
    String query = "?reason=" + URLEncoder.encode(reason, UTF_8);
    String named =
        breaks.isEmpty()
            ? ""
            : "&break="
                + breaks.stream().map(ParticipantName::value).collect(Collectors.joining(","));
    return act(to(path + query + named).DELETE());
  }

  private Done act(HttpRequest.Builder request) {
    byte[] random = new byte[10];
    new SecureRandom().nextBytes(random);
    request.header("Idempotency-Key", CommandId.of(Instant.now(), random).value());
    Done done = read(send(request, true, Duration.ZERO), Done.class);
    get(
        "/v1/history?from=%d&limit=1&wait=%d".formatted(done.sequence(), KNOWN_WITHIN.toSeconds()),
        KNOWN_WITHIN,
        HistoryPage.class);
    return done;
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(node.api().resolve(path))
        .header("Accept", "application/json")
        .header("Authorization", "Bearer " + node.secret());
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder builder, boolean act, Duration wait) {
    Duration patience = surroundings.patience().plus(wait);
    HttpRequest request = builder.timeout(patience).build();
    long end = System.nanoTime() + patience.toNanos();
    boolean arrived = false;
    while (true) {
      String problem;
      Duration pause = surroundings.pause();
      try {
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 503) {
          return answered(response);
        }
        arrived = true;
        problem = problem(response).message();
        pause = retryAfter(response);
      } catch (ConnectException e) {
        if (!arrived) {
          throw node.gone();
        }
        problem = "nobody listens there any more";
      } catch (IOException e) {
        arrived = true;
        problem = reason(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        problem = "interrupted";
        end = System.nanoTime();
      }
      if (System.nanoTime() + pause.toNanos() >= end) {
        throw act
            ? CommandFailed.outcomeUnknown(problem)
            : CommandFailed.noAnswer(patience, problem);
      }
      surroundings.pauseFor(pause);
    }
  }

  private HttpResponse<byte[]> answered(HttpResponse<byte[]> response) {
    return switch (response.statusCode()) {
      case 200 -> response;
      case 401 ->
          throw CommandFailed.because(
              "whoever listens at %s does not accept the secret of %s; restart the node"
                  .formatted(node.api(), node.data()));
      default -> throw CommandFailed.because(problem(response).message());
    };
  }

  private Problem problem(HttpResponse<byte[]> response) {
    try {
      return Json.PLAIN.read(response.body(), Problem.class);
    } catch (UnreadableRecord e) {
      return new Problem(
          "unreadable",
          "%s answered with status %d and no reason that can be read; is this a Carousel node?"
              .formatted(node.api(), response.statusCode()));
    }
  }

  private <T> T read(HttpResponse<byte[]> response, Class<T> type) {
    try {
      return Json.PLAIN.read(response.body(), type);
    } catch (UnreadableRecord e) {
      throw CommandFailed.because(
          "%s gave an answer that cannot be read (%s); does the node run another version of Carousel?"
              .formatted(node.api(), e.getMessage()));
    }
  }

  private Duration retryAfter(HttpResponse<byte[]> response) {
    try {
      Duration asked =
          Duration.ofSeconds(
              Long.parseLong(response.headers().firstValue("Retry-After").orElse("1")));
      return asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
    } catch (NumberFormatException e) {
      return surroundings.pause();
    }
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
