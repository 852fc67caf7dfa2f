package io.carousel.orchestrator.http;

import io.carousel.events.AuthorityName;
import io.carousel.events.TrustBundle;
import io.carousel.events.wire.Json;
import io.carousel.orchestrator.desk.Declined;
import io.carousel.orchestrator.desk.FrontDesk;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
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
  private static final int MOST = 4_096;
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final FrontDesk desk;
  private final BooleanSupplier stopping;
  private final Semaphore room = new Semaphore(MOST);

  BundleStreams(FrontDesk desk, BooleanSupplier stopping) {
    this.desk = desk;
    this.stopping = stopping;
  }

  /** A stream of those after what the caller has, by its last event or else as it says. */
  Answer of(Call call) {
    AuthorityName name = call.path("name", AuthorityName::new);
    long asked = call.number("after", 0, Long.MAX_VALUE).orElse(0L);
    long after = call.lastEventId().orElse(asked);
    if (!call.accepts(MediaTypes.TEXT_EVENT_STREAM)) {
      throw new BadCall(
          406,
          "events-only",
          "this is a stream of events: accept text/event-stream, or ask for /v1/authorities/%s/bundle"
              .formatted(name));
    }
    // Refused while it still can be: an authority that nobody knows.
    desk.bundle(name, after, Duration.ZERO);
    if (!room.tryAcquire()) {
      throw new Declined(
          Declined.Kind.UNAVAILABLE,
          "too-many-streams",
          "too many callers follow bundles here already; poll /v1/authorities/%s/bundle meanwhile"
              .formatted(name),
          Optional.of(AGAIN));
    }
    Answer.EventStream stream = response -> write(response, call, name, after);
    return Answer.ok(stream);
  }

  private void write(ServerResponse response, Call call, AuthorityName name, long after) {
    try (SseSink sink = response.sink(SseSink.TYPE)) {
      follow(sink, call, name, after);
    } catch (BadCall | Declined e) {
      // Too late for an answer. Whoever is still there asks again, and hears why then.
      LOG.debug("a stream of '{}' ends", name, e);
    } catch (UncheckedIOException | SocketWriterException | CloseConnectionException e) {
      LOG.debug("a follower of '{}' is gone", name, e);
    } catch (RuntimeException e) {
      LOG.error("a stream of '{}' failed in a way that should not be", name, e);
    } finally {
      room.release();
    }
  }

  private void follow(SseSink sink, Call call, AuthorityName name, long after) {
    // Whoever has opened it knows by this that it is one.
    sink.emit(quiet());
    long latest = after;
    long now = System.nanoTime();
    long end = now + (long) (LIFE.toNanos() * (0.5 + ThreadLocalRandom.current().nextDouble()));
    long due = now + QUIET.toNanos();
    while (now - end < 0 && !stopping.getAsBoolean()) {
      Optional<TrustBundle> news = desk.bundle(name, latest, TURN);
      if (news.isPresent()) {
        latest = news.get().sequence();
        sink.emit(event(news.get()));
      }
      now = System.nanoTime();
      if (now - due >= 0) {
        call.judgeAnew();
        sink.emit(quiet());
        due = now + QUIET.toNanos();
      }
    }
  }

  private static SseEvent quiet() {
    return SseEvent.builder().comment("").build();
  }

  private static SseEvent event(TrustBundle bundle) {
    return SseEvent.builder()
        .id(Long.toString(bundle.sequence()))
        .name(BUNDLE)
        .data(Json.PLAIN.write(bundle))
        .build();
  }
}
