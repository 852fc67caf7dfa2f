package io.carousel.agent.http;

import io.carousel.agent.HouseException;
import io.carousel.agent.tls.HouseTls;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** How calls reach a house, and by what it knows who calls. Thread-safe. */
sealed interface Way extends AutoCloseable {
  /** For the next call. */
  HttpClient client();

  /** What the call says of itself in its header {@code Authorization}. */
  Optional<String> authorization() throws HouseException;

  @Override
  void close();

  /** On this machine, by the secret of its API. */
  record BySecret(BearerSecret secret, HttpClient client) implements Way {
    static BySecret in(Path file, Duration patience) {
      return new BySecret(new BearerSecret(file), plain(patience).build());
    }

    @Override
    public Optional<String> authorization() throws HouseException {
      return Optional.of(secret.header());
    }

    @Override
    public void close() {
      client.shutdownNow();
      client.close();
    }
  }

  /** Over a network, by certificates on both sides. */
  final class ByTls implements Way {
    private final HouseTls tls;
    private final Duration patience;
    private SSLContext context;
    private HttpClient client;

    ByTls(HouseTls tls, Duration patience) {
      this.tls = tls;
      this.patience = patience;
    }

    /** A new one once there is something else to show or to trust; old calls end as they began. */
    @Override
    public synchronized HttpClient client() {
      SSLContext now = tls.context();
      if (!now.equals(context)) {
        if (client != null) {
          client.shutdown();
        }
        client = plain(patience).sslContext(now).build();
        context = now;
      }
      return client;
    }

    @Override
    public Optional<String> authorization() {
      return Optional.empty();
    }

    @Override
    public synchronized void close() {
      if (client != null) {
        client.shutdownNow();
        client.close();
      }
    }
  }

  private static HttpClient.Builder plain(Duration patience) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(patience)
        .executor(Executors.newVirtualThreadPerTaskExecutor());
  }
}
