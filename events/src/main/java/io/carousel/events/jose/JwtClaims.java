package io.carousel.events.jose;

import static java.time.temporal.ChronoUnit.SECONDS;

import io.carousel.events.Identifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a token claims (RFC 7519, section 4.1). Times are whole seconds from 1970 to 9999.
 *
 * @param issuer {@code iss}
 * @param subject {@code sub}
 * @param audience {@code aud}: for whom it is, at least one; always an array in JSON
 * @param issuedAt {@code iat}
 * @param notBefore {@code nbf}: the first second at which it is good
 * @param expires {@code exp}: the first second at which it is good no longer
 * @param id {@code jti}
 * @param others by name; texts alone
 */
public record JwtClaims(
    String issuer,
    String subject,
    List<String> audience,
    Instant issuedAt,
    Instant notBefore,
    Instant expires,
    String id,
    SortedMap<String, String> others) {
  /** As long as a SPIFFE ID may be (SPIFFE-ID, section 2.3); in characters. */
  public static final int TEXT_LIMIT = 2048;

  /** More than a token should be good for; each must believe that the others do not misuse it. */
  public static final int AUDIENCE_LIMIT = 16;

  /** More than fit into a header field with values of any use. */
  public static final int OTHERS_LIMIT = 32;

  /** A word, not a text; in characters. */
  public static final int NAME_LIMIT = 64;

  /** The registered names, which {@code others} cannot have. */
  static final Set<String> REGISTERED = Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti");

  /** The last second of a year with four digits. */
  static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * Checks all of it.
   *
   * @throws IllegalArgumentException if no token should claim so; says why
   */
  public JwtClaims {
    checkName("iss", issuer);
    checkName("sub", subject);
    audience = List.copyOf(audience);
    check(
        !audience.isEmpty() && audience.size() <= AUDIENCE_LIMIT,
        "a token is for 1 to %d audiences; this one is for %d"
            .formatted(AUDIENCE_LIMIT, audience.size()));
    audience.forEach(name -> checkName("aud", name));
    for (Instant time : List.of(issuedAt, notBefore, expires)) {
      check(
          time.equals(time.truncatedTo(SECONDS))
              && !time.isBefore(Instant.EPOCH)
              && !time.isAfter(LATEST),
          "%s is no time of a token: use whole seconds from 1970 to 9999".formatted(time));
    }
    check(
        notBefore.isBefore(expires) && issuedAt.isBefore(expires),
        "a token that expires at %s cannot be issued or begin then or later".formatted(expires));
    checkText("jti", id);
    others = Collections.unmodifiableSortedMap(new TreeMap<>(others));
    checkOthers(others);
  }

  private static void checkOthers(Map<String, String> others) {
    check(
        others.size() <= OTHERS_LIMIT,
        "%d claims are too many: at most %d".formatted(others.size(), OTHERS_LIMIT));
    others.forEach((name, value) -> {
      check(
          !REGISTERED.contains(name)
              && !name.isEmpty()
              && name.length() <= NAME_LIMIT
              && name.chars().allMatch(c -> c > 0x20 && c < 0x7f),
          "%s is no name for a claim of one's own".formatted(Identifier.printable(name)));
      checkText(name, value);
    });
  }

  /** A StringOrURI (RFC 7519, section 2): what has a colon is a URI. */
  private static void checkName(String claim, String value) {
    checkText(claim, value);
    if (value.contains(":")) {
      try {
        check(new URI(value).isAbsolute(), noUri(claim, value));
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(noUri(claim, value), e);
      }
    }
  }

  private static String noUri(String claim, String value) {
    return "%s has a colon and is no URI, which %s must be then"
        .formatted(Identifier.printable(value), claim);
  }

  private static void checkText(String claim, String value) {
    check(
        !value.isEmpty()
            && value.length() <= TEXT_LIMIT
            && value.equals(Identifier.plain(value, TEXT_LIMIT)),
        "%s is no text for %s: use 1 to %d characters, none of control or of direction"
            .formatted(Identifier.printable(value), claim, TEXT_LIMIT));
  }

  private static void check(boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException(why);
    }
  }
}
