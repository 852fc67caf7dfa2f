package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Bytes;
import io.carousel.events.NistCurve;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.UnreadableDer;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A public key as others publish it (RFC 7517, section 4). What it says beyond the key and its name
 * is not kept.
 *
 * @param kid by which tokens name it; empty if it has none
 */
public record ForeignJwk(SubjectPublicKey key, Optional<String> kid) {
  /** What only private and symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
  private static final Set<String> SECRET = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  /**
   * The keys of a JWK, or of a set of them.
   *
   * @throws UnreadableJose if it is neither, or a key in it is secret or none that is known here
   */
  public static List<ForeignJwk> read(String json) {
    Map<?, ?> all;
    try {
      all = Json.PLAIN.read(json.getBytes(UTF_8), Map.class);
    } catch (UnreadableRecord e) {
      throw new UnreadableJose("it is no JSON object", e);
    }
    return all.get("keys") instanceof List<?> keys
        ? keys.stream().map(ForeignJwk::of).toList()
        : List.of(of(all));
  }

  /**
   * As a key that verifies tokens here.
   *
   * @throws UnreadableJose if it is of no suite
   */
  public Jwk jwk() {
    return new Jwk(
        key,
        key.suite().orElseThrow(() -> new UnreadableJose("a key in it is of no suite of ours")),
        kid);
  }

  private static ForeignJwk of(Object value) {
    if (!(value instanceof Map<?, ?> members)) {
      throw new UnreadableJose("a key in it is no JSON object");
    }
    if (members.keySet().stream().anyMatch(SECRET::contains)) {
      throw new UnreadableJose("it holds a private key; give its public half alone");
    }
    try {
      return new ForeignJwk(key(members), kid(members));
    } catch (UnreadableDer e) {
      throw new UnreadableJose(e.getMessage(), e);
    }
  }

  private static Optional<String> kid(Map<?, ?> members) {
    return members.containsKey("kid") ? Optional.of(text(members, "kid")) : Optional.empty();
  }

  private static SubjectPublicKey key(Map<?, ?> members) {
    return switch (text(members, "kty")) {
      case "RSA" -> new SubjectPublicKey.Rsa(number(members, "n"), number(members, "e"));
      case "EC" ->
          new SubjectPublicKey.Ec(
              curve(text(members, "crv")), number(members, "x"), number(members, "y"));
      case "OKP" -> edwards(members);
      default -> throw new UnreadableJose("it is no RSA, P-256, P-384 or Ed25519 key");
    };
  }

  private static SubjectPublicKey edwards(Map<?, ?> members) {
    if (!text(members, "crv").equals("Ed25519")) {
      throw new UnreadableJose("it is on another curve than Ed25519");
    }
    return new SubjectPublicKey.Ed25519(Base64Url.read("x", text(members, "x")));
  }

  private static NistCurve curve(String name) {
    return switch (name) {
      case "P-256" -> NistCurve.P256;
      case "P-384" -> NistCurve.P384;
      default -> throw new UnreadableJose("it is on neither P-256 nor P-384");
    };
  }

  private static BigInteger number(Map<?, ?> members, String name) {
    Bytes octets = Base64Url.read(name, text(members, name));
    return new BigInteger(1, octets.toArray());
  }

  private static String text(Map<?, ?> members, String name) {
    if (members.get(name) instanceof String text) {
      return text;
    }
    throw new UnreadableJose("its member '%s' is missing, or no text".formatted(name));
  }
}
