package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles of an authority as server-sent events (WHATWG HTML, section 9.2): of each the newest,
 * as soon as there is one. A stream that has nothing to say says so, and its caller is judged anew
 * then; it ends after a while, so that callers come to spread over orchestrators again.
 */
final class BundleStreams {
  /** The name of the events. */
  static final String BUNDLE = "bundle";

  private static final Logger LOG = LoggerFactory.getLogger(BundleStreams.class);
  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Duration QUIET = Duration.ofSeconds(10);
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final Map<String, String> HEAD =
      Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-cache");
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final FrontDesk desk;
  private final BooleanSupplier stopping;
  private final Places places;

  BundleStreams(FrontDesk desk, Bounds bounds, BooleanSupplier stopping) {
    this.desk = desk;
    this.places =
        new Places(
            bounds,
            "too-many-streams",
            "too many callers follow bundles here already; poll /v1/authorities/NAME/bundle meanwhile",
            AGAIN);
    this.stopping = stopping;
  }

  /** A stream of those after what the caller has, by its last event or else as it says. */
  Answer of(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    long asked = call.number("after", 0, Long.MAX_VALUE).orElse(0L);
    long after = call.lastEventId().orElse(asked);
    if (!call.accepts("text", "event-stream")) {
      throw new BadCall(
          406,
          "events-only",
          "this is a stream of events: accept text/event-stream, or ask for /v1/authorities/%s/bundle"
              .formatted(name));
    }
    // Refused while it still can be: an authority that nobody knows.
    desk.bundle(name, after, Duration.ZERO);
    if (call.isForHeadOnly()) {
      return new Answer(200, Optional.of(new byte[0]), HEAD);
    }
    Places.Taken place = places.take(call.caller(), 1);
    Answer.EventStream stream = events -> write(events, call, name, after, place);
    return Answer.ok(stream);
  }

  private void write(
      Answer.Events events, Call call, AuthorityName name, long after, Places.Taken place)
      throws IOException {
    try (place) {
      follow(events, call, name, after);
    } catch (BadCall | Declined e) {
      // Too late for an answer. Whoever is still there asks again, and hears why then.
      LOG.debug("a stream of '{}' ends", name, e);
    } catch (IOException e) {
      LOG.debug("a follower of '{}' is gone", name, e);
      throw e;
    } catch (RuntimeException e) {
      LOG.error("a stream of '{}' failed in a way that should not be", name, e);
    }
  }

  private void follow(Answer.Events events, Call call, AuthorityName name, long after)
      throws IOException {
    // Whoever has opened it knows by this that it is one.
    events.quiet();
    long latest = after;
    long now = System.nanoTime();
    long end = now + (long) (LIFE.toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble()));
    long due = now + QUIET.toNanos();
    while (now - end < 0 && !stopping.getAsBoolean()) {
      Optional<TrustBundle> news = desk.bundle(name, latest, TURN);
      if (news.isPresent()) {
        latest = news.get().sequence();
        events.event(latest, BUNDLE, Json.PLAIN.write(news.get()));
      }
      now = System.nanoTime();
      if (now - due >= 0) {
        call.judgeAnew();
        events.quiet();
        due = now + QUIET.toNanos();
      }
    }
  }
}
