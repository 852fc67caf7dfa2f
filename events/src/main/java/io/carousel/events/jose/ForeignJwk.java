package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import io.carousel.events.JwkAlgorithm;
import io.carousel.events.NistCurve;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.UnreadableDer;
import io.carousel.events.Word;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A public key that verifies signatures, as others publish it (RFC 7517, section 4). What it says
 * beyond the key, its name and its algorithm is not kept.
 *
 * @param name by which tokens name it; empty if it has none, and its thumbprint names it
 * @param algorithm by which its tokens are signed; empty if it does not say
 */
public record ForeignJwk(
    SubjectPublicKey key, Optional<String> name, Optional<JwkAlgorithm> algorithm)
    implements PublishedJwk {
  /** What only private and symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
  private static final Set<String> SECRET = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  /** Checks that they fit each other. */
  public ForeignJwk {
    algorithm
        .filter(a -> !a.fits(key))
        .ifPresent(a -> {
          throw new UnreadableJose("it is not of the kind that signs by " + a.wire());
        });
  }

  /**
   * The keys of a JWK, or of a set of them.
   *
   * @param keys that verify signatures, each once
   * @param leftOut why each of the others does not, as a sentence
   */
  public record Read(List<ForeignJwk> keys, List<String> leftOut) {}

  /**
   * Reads a JWK, or a set of them. Keys that say that they are for something else than signatures
   * are left out.
   *
   * @throws UnreadableJose if it is neither, or a key in it is secret, or verifies signatures by
   *     what is not known here; says which
   */
  public static Read read(String json) {
    Map<?, ?> all;
    try {
      all = Json.PLAIN.read(json.getBytes(UTF_8), Map.class);
    } catch (UnreadableRecord e) {
      throw new UnreadableJose("it is no JSON object: " + e.getMessage(), e);
    }
    List<?> keys = all.get("keys") instanceof List<?> list ? list : List.of(all);
    var read = new LinkedHashSet<ForeignJwk>();
    var leftOut = new ArrayList<String>();
    for (int i = 0; i < keys.size(); i++) {
      if (!(keys.get(i) instanceof Map<?, ?> members)) {
        throw new UnreadableJose("entry %d of its keys is no JSON object".formatted(i + 1));
      }
      String which = which(members, i);
      requirePublic(members, which);
      Optional<String> other = JwkUse.other(members);
      if (other.isPresent()) {
        leftOut.add("%s is left out: %s".formatted(which, other.get()));
      } else {
        read.add(of(members, which));
      }
    }
    return new Read(List.copyOf(read), List.copyOf(leftOut));
  }

  private static String which(Map<?, ?> members, int at) {
    return members.get("kid") instanceof String kid
        ? "the key with the kid " + Identifier.printable(kid)
        : "the key at place %d".formatted(at + 1);
  }

  private static void requirePublic(Map<?, ?> members, String which) {
    if (members.keySet().stream().anyMatch(SECRET::contains)) {
      throw new UnreadableJose(
          "%s is a private key or a shared secret, and you should consider it exposed; give public halves alone"
              .formatted(which));
    }
  }

  private static ForeignJwk of(Map<?, ?> members, String which) {
    try {
      return new ForeignJwk(key(members), optional(members, "kid"), algorithm(members));
    } catch (UnreadableDer | UnreadableJose e) {
      throw new UnreadableJose(
          "%s verifies signatures, but cannot be taken: %s".formatted(which, e.getMessage()), e);
    }
  }

  private static Optional<JwkAlgorithm> algorithm(Map<?, ?> members) {
    try {
      return optional(members, JwkUse.ALG).map(text -> Word.of(JwkAlgorithm.class, text));
    } catch (IllegalArgumentException e) {
      throw new UnreadableJose("its alg " + e.getMessage(), e);
    }
  }

  private static Optional<String> optional(Map<?, ?> members, String name) {
    return members.containsKey(name) ? Optional.of(text(members, name)) : Optional.empty();
  }

  private static SubjectPublicKey key(Map<?, ?> members) {
    String kty = text(members, "kty");
    return switch (kty) {
      case "RSA" -> new SubjectPublicKey.Rsa(number(members, "n"), number(members, "e"));
      case "EC" ->
          new SubjectPublicKey.Ec(
              curve(text(members, JwkUse.CRV)), number(members, "x"), number(members, "y"));
      case "OKP" -> edwards(members);
      default ->
          throw new UnreadableJose(
              "its kty is %s, and RSA, EC and OKP are known here"
                  .formatted(Identifier.printable(kty)));
    };
  }

  private static SubjectPublicKey edwards(Map<?, ?> members) {
    String curve = text(members, JwkUse.CRV);
    if (!curve.equals("Ed25519")) {
      throw unknownCurve(curve);
    }
    return new SubjectPublicKey.Ed25519(Base64Url.read("x", text(members, "x")));
  }

  private static NistCurve curve(String name) {
    return switch (name) {
      case "P-256" -> NistCurve.P256;
      case "P-384" -> NistCurve.P384;
      default -> throw unknownCurve(name);
    };
  }

  private static UnreadableJose unknownCurve(String name) {
    return new UnreadableJose(
        "it is on %s, and P-256, P-384 and Ed25519 are known here"
            .formatted(Identifier.printable(name)));
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

  @Override
  public String kid() {
    return name.orElseGet(() -> Jwk.thumbprint(key));
  }

  @Override
  public Map<String, String> members() {
    return Jwk.members(key, kid(), algorithm.map(JwkAlgorithm::wire));
  }
}
