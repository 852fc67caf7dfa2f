package io.carousel.orchestrator.http;

import io.carousel.events.CommandId;
import io.carousel.events.Identifier;
import io.carousel.events.ParticipantName;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
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
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * One call, as its endpoint reads it. Whatever does not make sense ends it as a {@link BadCall}.
 */
final class Call {
  /** Longest body that anybody reads; in bytes. */
  static final int BODY_LIMIT = 256 * 1024;

  /** Longest body of whoever has shown nothing; in bytes. */
  static final int ANONYMOUS_BODY_LIMIT = 32 * 1024;

  /** Longest body that is passed over so that its sender hears why; beyond it, it is cut off. */
  static final int PASSED_OVER = 4 * BODY_LIMIT;

  static final String TOO_LARGE = "the body is longer than %d bytes".formatted(BODY_LIMIT);

  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,2}(\\.[0-9]{1,3})?");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Request request;
  private final Map<String, String> parameters;
  private final Who who;
  private final Body body;

  /**
   * Who calls.
   *
   * @param peer as the door found out
   * @param caller whose share of bounds it takes
   * @param again judges it anew, for a call that is still answered long after it came
   */
  record Who(Peer peer, CallerKey caller, Judging again) {}

  /**
   * One call.
   *
   * @param parameters what its path says, by the names in the route
   */
  Call(Request request, Map<String, String> parameters, Who who, Body body) {
    this.request = request;
    this.parameters = Map.copyOf(parameters);
    this.who = who;
    this.body = body;
  }

  /** What the path says in that place. */
  <T> T path(String name, Function<String, T> of) {
    String text = parameters.get(name);
    return valid(() -> of.apply(text));
  }

  /** Whose share of bounds it takes. */
  CallerKey caller() {
    return who.caller();
  }

  /** Whether nothing but the head of the answer is wanted. */
  boolean isForHeadOnly() {
    return request.getMethod().equals("HEAD");
  }

  /**
   * Refuses whoever is not allowed to speak for that participant.
   *
   * @param open whether somebody who has shown nothing may, because the call proves itself
   */
  void requireSpeaksFor(ParticipantName participant, boolean open) {
    switch (who.peer()) {
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
    var _ = who.again().now();
  }

  /** The door, asked about one call again. */
  interface Judging {
    Peer now();
  }

  /** Whether the caller takes an answer of that kind; whoever says nothing takes any. */
  boolean accepts(String type, String subtype) {
    return header("Accept").map(field -> Conditions.accepts(field, type, subtype)).orElse(true);
  }

  /** Whether the caller has what has that entity tag, or says that it has anything. */
  boolean has(String tag) {
    return header("If-None-Match").filter(f -> Conditions.noneMatchNames(f, tag)).isPresent();
  }

  /** A header field, with all of its lines. */
  private Optional<String> header(String name) {
    List<String> lines = request.getHeaders().getValuesList(name);
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", lines));
  }

  /** A parameter of the query. */
  Optional<String> query(String name) {
    Fields.Field field = fields().get(name);
    return Optional.ofNullable(field).map(Fields.Field::getValue);
  }

  private Fields fields() {
    try {
      return Request.extractQueryParameters(request);
    } catch (RuntimeException e) {
      throw new BadCall(400, "invalid", "the query of the address is not readable");
    }
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
    return header(IDEMPOTENCY_KEY)
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
    boolean known = who.caller().kind() != CallerKey.Kind.ANONYMOUS;
    return body.read(known ? BODY_LIMIT : ANONYMOUS_BODY_LIMIT);
  }

  /** Whether an exception of reading tells about the body. */
  static Optional<Answer> unreadable(RuntimeException e) {
    return e instanceof UnreadableRecord
        ? Optional.of(Answer.problem(400, "unreadable-body", e.getMessage()))
        : Optional.empty();
  }
}
