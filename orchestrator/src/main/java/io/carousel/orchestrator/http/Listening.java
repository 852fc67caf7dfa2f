package io.carousel.orchestrator.http;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Web servers that listen, with what all of ours have in common. */
final class Listening {
  /** Held, since the JDK forgets levels of loggers that nobody holds. */
  private static final Logger HELIDON = Logger.getLogger("io.helidon");

  private Listening() {}

  /** One that listens there; empty if it cannot. */
  static synchronized Optional<WebServer> on(
      String host, int port, Consumer<WebServerConfig.Builder> more) {
    var builder =
        WebServer.builder()
            .host(host)
            .port(port)
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofMillis(100))
            .maxPayloadSize(Call.PASSED_OVER)
            .directHandlers(ProtocolFaults.answers());
    more.accept(builder);
    // It logs a trace where it cannot listen, and throws nothing.
    HELIDON.setLevel(Level.OFF);
    WebServer made = builder.build().start();
    HELIDON.setLevel(Level.WARNING);
    return made.isRunning() ? Optional.of(made) : Optional.empty();
  }
}
