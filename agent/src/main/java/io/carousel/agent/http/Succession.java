package io.carousel.agent.http;

import io.carousel.agent.tls.HouseTls;
import io.carousel.agent.tls.NotTheHouse;
import io.carousel.events.AuthorityName;
import io.carousel.events.TrustStatements;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the house again for whoever slept until the generation of its authority that it knew was
 * gone: each generation has signed, while it was there, who comes after it.
 */
final class Succession {
  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
  private static final int LIMIT = 4 * 1024 * 1024;

  private final URI statements;
  private final HouseTls tls;
  private final Duration patience;

  Succession(URI base, HouseTls tls, Duration patience) {
    this.statements = base.resolve("/pub/%s/statements.json".formatted(AuthorityName.BUILT_IN));
    this.tls = tls;
    this.patience = patience;
  }

  /** Whether nobody there has a certificate by a generation that is known. */
  static boolean isOver(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NotTheHouse) {
        return true;
      }
    }
    return false;
  }

  /** Whether the other side ended the handshake, as it does over a certificate of mine. */
  static boolean isUnwelcome(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // The JDK has no other sign of an alert.
      if (cause.getMessage() != null && cause.getMessage().contains("Received fatal alert")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the statements that are told there lead to a generation that was not known. */
  boolean follow() throws InterruptedException {
    try (HttpClient anybody = Way.plain(patience).sslContext(HouseTls.anybody()).build()) {
      HttpResponse<byte[]> told =
          anybody.send(
              HttpRequest.newBuilder(statements).timeout(patience).build(),
              BodyHandlers.limiting(BodyHandlers.ofByteArray(), LIMIT));
      if (told.statusCode() != 200
          || !tls.succeed(Json.PLAIN.read(told.body(), TrustStatements.class))) {
        return false;
      }
      LOG.info("the house has another generation of '{}' now", AuthorityName.BUILT_IN);
      return true;
    } catch (IOException | UnreadableRecord e) {
      LOG.debug("nothing to go by at {}", statements, e);
      return false;
    }
  }
}
