package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.wire.Json;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A set of keys (RFC 7517, section 5). The same keys give the same text.
 *
 * @param keys each once, in the order of their {@code kid}
 */
public record Jwks(List<PublishedJwk> keys) {
  /** As {@code Content-Type} (RFC 7517, section 8.5.2). */
  public static final String MEDIA_TYPE = "application/jwk-set+json";

  /** Brings them into order. */
  public Jwks {
    keys = keys.stream().distinct().sorted(Comparator.comparing(PublishedJwk::kid)).toList();
  }

  /** Those. */
  public static Jwks of(Collection<? extends PublishedJwk> keys) {
    return new Jwks(List.copyOf(keys));
  }

  /** Its JSON, on one line. */
  public String json() {
    var members = Map.of("keys", keys.stream().map(PublishedJwk::members).toList());
    return new String(Json.PLAIN.write(members), UTF_8);
  }
}
