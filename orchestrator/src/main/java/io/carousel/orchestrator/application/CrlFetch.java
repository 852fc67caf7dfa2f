package io.carousel.orchestrator.application;

import io.carousel.events.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches a CRL by HTTP. Bounded in length and in time; a redirection is not followed, since nobody
 * has said that its target may be asked. What comes is not trusted: the rules verify it.
 */
final class CrlFetch {
  /** Most octets: what an act of the log has room for. */
  private static final int LIMIT = 256 * 1024;

  private final Duration patience;

  CrlFetch(Duration patience) {
    this.patience = patience;
  }

  /**
   * The one CRL there, DER.
   *
   * @param url http or https
   * @throws IOException if there is none; says why
   */
  Bytes fetch(String url) throws IOException, InterruptedException {
    try (HttpClient http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build()) {
      try {
        return read(body(http, url));
      } finally {
        // Nothing of a server that goes on sending is waited for.
        http.shutdownNow();
      }
    }
  }

  private byte[] body(HttpClient http, String url) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url)).timeout(patience).GET().build();
    var answer = http.sendAsync(request, BodyHandlers.ofInputStream());
    var whole = answer.thenApplyAsync(CrlFetch::whole);
    try {
      return whole.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("it did not come within %d s".formatted(patience.toSeconds()), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      while (cause.getCause() != null && cause.getMessage() == null) {
        cause = cause.getCause();
      }
      String why = cause.getMessage();
      throw new IOException(
          why == null ? "no connection (%s)".formatted(cause.getClass().getSimpleName()) : why, e);
    }
  }

  private static byte[] whole(HttpResponse<InputStream> answer) {
    try (InputStream in = answer.body()) {
      if (answer.statusCode() >= 300 && answer.statusCode() < 400) {
        throw new IllegalStateException(
            "it answers %d and sends elsewhere (%s), which is not followed; give the address where the CRL is"
                .formatted(
                    answer.statusCode(),
                    answer.headers().firstValue("Location").orElse("nowhere")));
      }
      if (answer.statusCode() != 200) {
        throw new IllegalStateException("it answers with status %d".formatted(answer.statusCode()));
      }
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw new IllegalStateException("it is longer than %d octets".formatted(LIMIT));
      }
      return bytes;
    } catch (IOException e) {
      throw new IllegalStateException("it broke off: " + e.getMessage(), e);
    }
  }

  private static Bytes read(byte[] bytes) throws IOException {
    try {
      var all =
          CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes));
      if (all.size() == 1) {
        return Bytes.of(((X509CRL) all.iterator().next()).getEncoded());
      }
      throw new IOException("there are %d CRLs, and one is wanted".formatted(all.size()));
    } catch (GeneralSecurityException e) {
      throw new IOException("what is there is no CRL in DER or PEM", e);
    }
  }
}
