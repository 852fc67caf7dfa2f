package io.carousel.e2e.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.carousel.events.AuthorityName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/** What an orchestrator publishes about an authority, fetched as any verifier would: openly. */
final class Published {
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  Published(URI api, AuthorityName authority) {
    this.base = api.resolve("/pub/%s/".formatted(authority));
  }

  /** What is there, as {@code bundle.pem}; it must be there. */
  byte[] get(String path) {
    return answer(base.resolve(path)).body();
  }

  /** The answer at a URL that somebody else has named; it must be a good one. */
  HttpResponse<byte[]> answer(URI url) {
    try {
      HttpResponse<byte[]> response =
          client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofByteArray());
      assertThat(response.statusCode()).as("%s", url).isEqualTo(200);
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(url.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Silenced();
    }
  }

  URI jwks() {
    return base.resolve("jwks.json");
  }

  /** The test is over, and whoever waits need wait no more. */
  static final class Silenced extends RuntimeException {}
}
