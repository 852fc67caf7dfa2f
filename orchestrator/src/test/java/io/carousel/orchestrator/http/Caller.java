package io.carousel.orchestrator.http;

import io.carousel.events.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Calls an API as any program would. */
final class Caller implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final List<String> headers = new ArrayList<>();

  Caller(int port) {
    this.base = "http://127.0.0.1:" + port;
  }

  Caller with(String... nameAndValue) {
    headers.addAll(List.of(nameAndValue));
    return this;
  }

  Got get(String path) {
    return send(request(path).GET());
  }

  Got delete(String path) {
    return send(request(path).DELETE());
  }

  Got put(String path, String body) {
    return send(request(path).PUT(BodyPublishers.ofString(body)));
  }

  Got post(String path, Object document, String... more) {
    return post(path, BodyPublishers.ofByteArray(Json.PLAIN.write(document)), more);
  }

  Got postText(String path, String body) {
    return post(path, BodyPublishers.ofString(body));
  }

  Got post(String path, HttpRequest.BodyPublisher body, String... more) {
    HttpRequest.Builder request = request(path).POST(body);
    if (more.length > 0) {
      request.headers(more);
    }
    return send(request);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    return request;
  }

  private Got send(HttpRequest.Builder request) {
    try {
      return new Got(client.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  /** What came back. */
  record Got(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String body() {
      return response.body();
    }

    <T> T as(Class<T> type) {
      return Json.PLAIN.read(body().getBytes(java.nio.charset.StandardCharsets.UTF_8), type);
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }
}
