package io.carousel.agent.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.agent.Trust;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.jose.ForeignJwk;
import io.carousel.events.jose.Jwks;
import io.carousel.events.jose.PublishedJwk;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The keys that verify an authority's tokens, with the names by which tokens call them: of keys
 * from elsewhere no bundle says those.
 */
record TokenKeys(List<PublishedJwk> keys) {
  /** Copies. */
  TokenKeys {
    keys = List.copyOf(keys);
  }

  /**
   * Reads a JWK Set (RFC 7517, section 5).
   *
   * @throws io.carousel.events.jose.UnreadableJose if it is none, or has a key by which nothing
   *     here is verified
   */
  static TokenKeys read(byte[] jwks) {
    return new TokenKeys(List.copyOf(ForeignJwk.read(new String(jwks, UTF_8)).keys()));
  }

  /** Whether they are those that the bundle trusts, no more and no fewer. */
  boolean areOf(Trust trust) {
    Set<Digest> published =
        keys.stream().map(jwk -> jwk.key().spki().digest()).collect(Collectors.toSet());
    return published.equals(Set.copyOf(trust.trusted(Format.JWT)));
  }

  /** As one line of JSON; the same keys give the same. */
  String json() {
    return Jwks.of(keys).json();
  }
}
