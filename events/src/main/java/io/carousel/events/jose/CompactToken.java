package io.carousel.events.jose;

import io.carousel.events.Bytes;
import io.carousel.events.Identifier;
import io.carousel.events.Word;
import io.carousel.events.wire.Json;
import io.carousel.events.wire.UnreadableRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads tokens, and uses nothing of what writes them. */
final class CompactToken {
  private static final Pattern THUMBPRINT = Pattern.compile("[A-Za-z0-9_-]{43}");

  private final Map<String, Object> members = new HashMap<>();

  private CompactToken(Map<?, ?> members) {
    members.forEach((name, value) -> this.members.put((String) name, value));
  }

  /** All that a header may hold; {@code crit}, keys and addresses of keys are not among it. */
  record Header(String alg, String kid, String typ) {}

  static JsonWebToken read(String compact) {
    if (compact.length() > JsonWebToken.LENGTH_LIMIT) {
      throw bad("it has %d characters".formatted(compact.length()));
    }
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      throw bad("it has not three parts");
    }
    Header header = json(Base64Url.read("header", parts[0]), Header.class);
    JwsAlgorithm algorithm = algorithm(header);
    var claims = new CompactToken(json(Base64Url.read("set of claims", parts[1]), Map.class));
    Bytes signature = Base64Url.read("signature", parts[2]);
    if (!algorithm.allows(signature.length())) {
      throw bad("its signature is none of " + algorithm.wire());
    }
    return new JsonWebToken(
        algorithm, header.kid(), claims.claims(), parts[0] + "." + parts[1], signature);
  }

  private static <T> T json(Bytes bytes, Class<T> type) {
    try {
      return Json.PLAIN.read(bytes.toArray(), type);
    } catch (UnreadableRecord e) {
      throw new UnreadableJose("not a readable token: " + e.getMessage(), e);
    }
  }

  private static JwsAlgorithm algorithm(Header header) {
    if (!header.typ().equals("JWT")) {
      throw bad("%s is not its type".formatted(Identifier.printable(header.typ())));
    }
    if (!THUMBPRINT.matcher(header.kid()).matches()) {
      throw bad("%s is the thumbprint of no key".formatted(Identifier.printable(header.kid())));
    }
    try {
      return Word.of(JwsAlgorithm.class, header.alg());
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    }
  }

  private JwtClaims claims() {
    String issuer = text("iss");
    String subject = text("sub");
    List<String> audience = texts("aud");
    Instant issuedAt = time("iat");
    Instant notBefore = time("nbf");
    Instant expires = time("exp");
    String id = text("jti");
    SortedMap<String, String> others = new TreeMap<>();
    for (String name : List.copyOf(members.keySet())) {
      others.put(name, text(name));
    }
    try {
      return new JwtClaims(issuer, subject, audience, issuedAt, notBefore, expires, id, others);
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    }
  }

  private String text(String name) {
    if (members.remove(name) instanceof String text) {
      return text;
    }
    throw missing(name, "text");
  }

  private List<String> texts(String name) {
    if (!(members.remove(name) instanceof List<?> list)) {
      throw missing(name, "array of texts");
    }
    List<String> texts = new ArrayList<>();
    for (Object entry : list) {
      if (!(entry instanceof String text)) {
        throw missing(name, "array of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  private Instant time(String name) {
    return switch (members.remove(name)) {
      case Integer seconds -> Instant.ofEpochSecond(seconds);
      case Long seconds when seconds >= 0 && seconds <= JwtClaims.LATEST.getEpochSecond() ->
          Instant.ofEpochSecond(seconds);
      case null, default -> throw missing(name, "time in whole seconds");
    };
  }

  private static UnreadableJose missing(String name, String type) {
    return bad("its claim %s is no %s".formatted(Identifier.printable(name), type));
  }

  private static UnreadableJose bad(String why) {
    return new UnreadableJose("not a readable token: " + why);
  }
}
