package io.carousel.agent.http;

import io.carousel.agent.HouseException;
import io.carousel.agent.tls.HouseTls;
import io.carousel.events.HouseId;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.net.URI;
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

  /** For one more attempt at a call that failed so; empty if there is no other way. */
  Optional<HttpClient> otherwise(IOException failure) throws InterruptedException;

  /** What the call says of itself in its header {@code Authorization}. */
  Optional<String> authorization() throws HouseException;

  /** Passes a bundle that is the house's. */
  void require(TrustBundle bundle, HouseId house) throws HouseException;

  @Override
  void close();

  /** On this machine, by the secret of its API. */
  record BySecret(BearerSecret secret, HttpClient client) implements Way {
    static BySecret in(Path file, Duration patience) {
      return new BySecret(new BearerSecret(file), plain(patience).build());
    }

    @Override
    public Optional<HttpClient> otherwise(IOException failure) {
      return Optional.empty();
    }

    @Override
    public Optional<String> authorization() throws HouseException {
      return Optional.of(secret.header());
    }

    /** Whoever knows the secret is the house, and nobody is between. */
    @Override
    public void require(TrustBundle bundle, HouseId house) {}

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
    private final Succession succession;
    private final Kept showing = new Kept();
    private final Kept bare = new Kept();

    /** The client of a context. */
    private static final class Kept {
      private SSLContext context;
      private HttpClient client;
    }

    ByTls(URI base, HouseTls tls, Duration patience) {
      this.tls = tls;
      this.patience = patience;
      this.succession = new Succession(base, tls, patience);
    }

    @Override
    public synchronized HttpClient client() {
      return client(showing, tls.context());
    }

    /** A new one once there is something else to show or to trust; old calls end as they began. */
    private HttpClient client(Kept kept, SSLContext now) {
      if (!now.equals(kept.context)) {
        if (kept.client != null) {
          kept.client.shutdown();
        }
        kept.client = plain(patience).sslContext(now).build();
        kept.context = now;
      }
      return kept.client;
    }

    /**
     * A participant that slept may know a generation of the house that is gone, or be known by one.
     */
    @Override
    public Optional<HttpClient> otherwise(IOException failure) throws InterruptedException {
      boolean further =
          Succession.isOver(failure) ? succession.follow() : Succession.isUnwelcome(failure);
      if (!further) {
        return Optional.empty();
      }
      synchronized (this) {
        return Optional.of(client(bare, tls.bare()));
      }
    }

    @Override
    public Optional<String> authorization() {
      return Optional.empty();
    }

    @Override
    public void require(TrustBundle bundle, HouseId house) throws HouseException {
      tls.requireSigned(bundle, house);
    }

    @Override
    public synchronized void close() {
      for (Kept kept : new Kept[] {showing, bare}) {
        if (kept.client != null) {
          kept.client.shutdownNow();
          kept.client.close();
        }
      }
    }
  }

  /** With what all have in common. */
  static HttpClient.Builder plain(Duration patience) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(patience)
        .executor(Executors.newVirtualThreadPerTaskExecutor());
  }
}
