package io.carousel.orchestrator.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A web server that listens: HTTP/1.0 and HTTP/1.1, each call on a virtual thread of its own. */
final class HttpServer {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /** Its selector, its acceptor, and a few that pass work on to virtual threads. */
  private static final int THREADS = 8;

  private static final int LONGEST_HEAD = 16 * 1024;
  private static final int READ_AT_ONCE = 4 * 1024;
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Server server;
  private final Acceptor acceptor;
  private final Served served;
  private final ExecutorService calls;
  private final ScheduledExecutorService watch;

  private HttpServer(Place place, Served served, Consumer<String> broken) {
    this.served = served;
    this.calls = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("http-watch").factory());
    var threads = new QueuedThreadPool(THREADS, THREADS);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setReservedThreads(0);
    threads.setVirtualThreadsExecutor(calls);
    this.server = new Server(threads);
    server.setStopAtShutdown(false);
    server.setErrorHandler(new ProtocolFaults());
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            served.handle(request, response, callback);
            return true;
          }
        });
    this.acceptor = new Acceptor(server, served.connections(), broken, factories(place));
    acceptor.setHost(place.host());
    acceptor.setPort(place.port());
    // Jetty ends whatever says nothing for so long between two requests, whatever was said of it.
    // The times of connections end it before that.
    Limits.Times times = served.limits().times();
    acceptor.setIdleTimeout(times.idle().plus(times.head()).toMillis());
    server.addConnector(acceptor);
  }

  /**
   * Where to listen.
   *
   * @param port 0: any free one
   * @param tls empty: without
   */
  record Place(String host, int port, Optional<SSLContext> tls) {}

  /**
   * One that listens there.
   *
   * @param broken is told why, once it listens no more though nobody has stopped it
   * @throws IOException if it cannot
   */
  static HttpServer open(Place place, Served served, Consumer<String> broken) throws IOException {
    var made = new HttpServer(place, served, broken);
    try {
      made.acceptor.open();
      made.server.start();
    } catch (IOException e) {
      made.end();
      throw e;
    } catch (Exception e) {
      made.end();
      throw new IOException(e);
    }
    var _ =
        made.watch.scheduleWithFixedDelay(
            made::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return made;
  }

  private static ConnectionFactory[] factories(Place place, HttpConnectionFactory http) {
    if (place.tls().isEmpty()) {
      return new ConnectionFactory[] {http};
    }
    var context = new SslContextFactory.Server();
    context.setSslContext(place.tls().get());
    context.setIncludeProtocols("TLSv1.3");
    context.setExcludeProtocols();
    context.setWantClientAuth(true);
    context.setEndpointIdentificationAlgorithm(null);
    context.setSniRequired(false);
    context.setRenegotiationAllowed(false);
    var ssl = new SslConnectionFactory(context, http.getProtocol());
    ssl.setEnsureSecureRequestCustomizer(false);
    return new ConnectionFactory[] {ssl, http};
  }

  private ConnectionFactory[] factories(Place place) {
    var http = new HttpConnectionFactory(configuration());
    http.addBean(served.connections());
    return factories(place, http);
  }

  private HttpConfiguration configuration() {
    var http = new HttpConfiguration();
    // While a call is read and answered; between two calls it is the acceptor's.
    http.setIdleTimeout(served.limits().times().stall().toMillis());
    http.setSendServerVersion(false);
    // Nothing that proxies on the way might read otherwise (RFC 9112, section 11.2).
    http.setHttpCompliance(HttpCompliance.STRICT);
    // Endpoints say themselves what is wrong with a name; nothing here is the path of a file.
    http.setUriCompliance(UriCompliance.from("RFC3986,SUSPICIOUS_PATH_CHARACTERS"));
    http.setRequestHeaderSize(LONGEST_HEAD);
    http.setInputBufferSize(READ_AT_ONCE);
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    return http;
  }

  private void look() {
    try {
      served.connections().closeLate();
      acceptor.look();
    } catch (RuntimeException e) {
      LOG.error("connections are not looked after", e);
    }
  }

  int port() {
    return acceptor.getLocalPort();
  }

  /** Answers what is under way, waiting callers at once, and stops listening. */
  void stop() {
    served.stop();
    end();
  }

  private void end() {
    watch.shutdownNow();
    acceptor.stopping();
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("while a web server stopped", e);
    }
    calls.shutdownNow();
  }
}
