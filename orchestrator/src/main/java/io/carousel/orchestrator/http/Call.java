package io.carousel.orchestrator.http;

import io.carousel.events.CommandId;
import io.carousel.events.Identifier;
import io.carousel.events.ParticipantName;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.media.type.MediaType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * One call, as its endpoint reads it. Whatever does not make sense ends it as a {@link BadCall}.
 */
final class Call {
  /** Longest body that anybody reads; in bytes. */
  static final int BODY_LIMIT = 256 * 1024;

  /** Longest body that is passed over so that its sender hears why; beyond it, it is cut off. */
  static final int PASSED_OVER = 4 * BODY_LIMIT;

  static final String TOO_LARGE = "the body is longer than %d bytes".formatted(BODY_LIMIT);

  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,2}(\\.[0-9]{1,3})?");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ServerRequest request;

  Call(ServerRequest request) {
    this.request = request;
  }

  /** What the path says in that place. */
  <T> T path(String name, Function<String, T> of) {
    String text = request.path().pathParameters().get(name);
    return valid(() -> of.apply(text));
  }

  /** Who calls, as the door found out. */
  private Peer peer() {
    return request.context().get(Peer.class).orElseGet(Peer.Stranger::new);
  }

  /**
   * Refuses whoever is not allowed to speak for that participant.
   *
   * @param open whether somebody who has shown nothing may, because the call proves itself
   */
  void requireSpeaksFor(ParticipantName participant, boolean open) {
    switch (peer()) {
      case Peer.Local _ -> {
        // The machine's own operator speaks for everybody.
      }
      case Peer.Participant(ParticipantName name) -> {
        if (!name.equals(participant)) {
          throw new BadCall(
              403,
              "not-yours",
              "the credential that was shown is of '%s', and this is about '%s'; each participant speaks for itself"
                  .formatted(name, participant));
        }
      }
      case Peer.Stranger _ -> {
        if (!open) {
          throw new BadCall(401, "unauthorised", Listener.NOTHING_SHOWN);
        }
      }
    }
  }

  /**
   * Judges anew who calls, for a call that is still answered long after it came.
   *
   * @throws BadCall if it would get no further now
   */
  void judgeAnew() {
    request.context().get(Judging.class).ifPresent(Judging::now);
  }

  /** The door, asked about one call again. */
  interface Judging {
    Peer now();
  }

  /** Whether the caller takes an answer of that kind (RFC 9110, section 12.5.1). */
  boolean accepts(MediaType kind) {
    return request.headers().isAccepted(kind);
  }

  /** A header. */
  Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  /** A parameter of the query. */
  Optional<String> query(String name) {
    return request.query().first(name).asOptional();
  }

  /** A whole number of the query. */
  Optional<Long> number(String name, long least, long most) {
    return query(name).map(text -> number(name, text, least, most));
  }

  /** The id of the last event that the caller has of a stream (WHATWG HTML, section 9.2.4). */
  Optional<Long> lastEventId() {
    return header(LAST_EVENT_ID).map(text -> number(LAST_EVENT_ID, text, 0, Long.MAX_VALUE));
  }

  private static long number(String name, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new BadCall(
        400,
        "invalid",
        "%s=%s: a whole number from %d to %d is expected"
            .formatted(name, Identifier.printable(text), least, most));
  }

  /** How long the caller will wait at most: seconds, with up to three decimals. */
  Duration patience() {
    return query("wait").map(Call::seconds).orElse(Duration.ZERO);
  }

  private static Duration seconds(String text) {
    if (SECONDS.matcher(text).matches()) {
      var wait = Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValueExact());
      if (wait.compareTo(LongPoll.LONGEST) <= 0) {
        return wait;
      }
    }
    throw new BadCall(
        400,
        "invalid",
        "wait=%s: seconds from 0 to %d are expected, with three decimals at most"
            .formatted(Identifier.printable(text), LongPoll.LONGEST.toSeconds()));
  }

  /** The id of the act: the caller's, so that it can ask again, or else a new one. */
  CommandId command() {
    return request
        .headers()
        .first(IDEMPOTENCY_KEY)
        .map(text -> valid(() -> new CommandId(text)))
        .orElseGet(Call::newCommand);
  }

  private static CommandId newCommand() {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    return CommandId.of(Instant.now(), random);
  }

  /** The body, every field of it. */
  <T> T document(Class<T> type) {
    return Json.PLAIN.read(bytes(), type);
  }

  /** The body, where what may be absent may also be left out. */
  <T extends Record> T wanted(Class<T> type) {
    Object read = Json.PLAIN.read(bytes(), Object.class);
    fill(read, type);
    return Json.PLAIN.read(Json.PLAIN.write(read), type);
  }

  @SuppressWarnings("unchecked")
  private static void fill(Object read, Type type) {
    if (type instanceof ParameterizedType of && read instanceof List<?> elements) {
      elements.forEach(element -> fill(element, element(of)));
    } else if (type instanceof ParameterizedType of && of.getRawType() == Optional.class) {
      fill(read, of.getActualTypeArguments()[0]);
    } else if (type instanceof Class<?> record
        && record.isRecord()
        && read instanceof Map<?, ?> map) {
      var fields = (Map<String, Object>) map;
      for (RecordComponent component : record.getRecordComponents()) {
        if (component.getType() == Optional.class) {
          fields.putIfAbsent(component.getName(), null);
        }
        fill(fields.get(component.getName()), component.getGenericType());
      }
    }
  }

  /** Of a list, or of an optional one. */
  private static Type element(ParameterizedType of) {
    Type argument = of.getActualTypeArguments()[0];
    return of.getRawType() == Optional.class && argument instanceof ParameterizedType list
        ? list.getActualTypeArguments()[0]
        : argument;
  }

  /** What the caller's words make, or why they make nothing. */
  static <T> T valid(Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new BadCall(400, "invalid", e.getMessage());
    }
  }

  private byte[] bytes() {
    if (!request.content().hasEntity()) {
      throw new BadCall(400, "unreadable-body", "a JSON body is expected, and there is none");
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] bytes = in.readNBytes(BODY_LIMIT + 1);
      if (bytes.length > BODY_LIMIT) {
        // Closed with bytes unread, the connection would be reset, and the answer lost with it.
        in.transferTo(OutputStream.nullOutputStream());
        throw tooLarge();
      }
      return bytes;
    } catch (RequestException e) {
      throw e.status().code() == 413 ? tooLarge() : brokenOff();
    } catch (IOException | UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
      throw brokenOff();
    }
  }

  private static BadCall brokenOff() {
    return new BadCall(400, "unreadable-body", "the body broke off");
  }

  private static BadCall tooLarge() {
    return new BadCall(413, "too-large", TOO_LARGE);
  }

  /** Whether an exception of reading tells about the body. */
  static Optional<Answer> unreadable(RuntimeException e) {
    return e instanceof UnreadableRecord
        ? Optional.of(Answer.problem(400, "unreadable-body", e.getMessage()))
        : Optional.empty();
  }
}
