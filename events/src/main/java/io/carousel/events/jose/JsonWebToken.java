package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;

/**
 * A signed token (RFC 7519) in the compact serialisation (RFC 7515, section 7.1). It is a bearer's
 * credential: whoever has the text can use it, so that {@link #toString} does not show it. Compares
 * by its text.
 */
public final class JsonWebToken {
  /** Servers refuse header fields of more than 8 KiB unless told otherwise; in characters. */
  public static final int LENGTH_LIMIT = 8000;

  private final JwsAlgorithm algorithm;
  private final String kid;
  private final JwtClaims claims;
  private final String input;
  private final Bytes signature;

  JsonWebToken(
      JwsAlgorithm algorithm, String kid, JwtClaims claims, String input, Bytes signature) {
    this.algorithm = algorithm;
    this.kid = kid;
    this.claims = claims;
    this.input = input;
    this.signature = signature;
  }

  /**
   * The token of that text. Whether the signature holds is not asked here: {@link #verifies} tells.
   *
   * @throws UnreadableJose if it is none that {@link JwtDraft} would allow: a header with more than
   *     {@code alg}, {@code kid} and {@code typ}, a claim that is missing or not of its type, a
   *     second spelling of base64url
   */
  public static JsonWebToken read(String compact) {
    return CompactToken.read(compact);
  }

  /** How it says that it is signed. */
  public JwsAlgorithm algorithm() {
    return algorithm;
  }

  /** The {@link Jwk#kid} of the key by which it says that it is signed. */
  public String kid() {
    return kid;
  }

  /** What it claims; to be believed only if {@link #verifies}. */
  public JwtClaims claims() {
    return claims;
  }

  /** The bytes under the signature. */
  public Bytes signingInput() {
    return Bytes.of(input.getBytes(US_ASCII));
  }

  /** Whether it is signed by that key, and says so. What it claims of times is not asked. */
  public boolean verifies(Jwk key) {
    return key.kid().equals(kid)
        && key.algorithm() == algorithm
        && algorithm.verifies(key.key(), input.getBytes(US_ASCII), signature);
  }

  /** Its text: header, claims and signature. */
  public String compact() {
    return input + "." + Base64Url.of(signature.toArray());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonWebToken t
        && input.equals(t.input)
        && signature.equals(t.signature);
  }

  @Override
  public int hashCode() {
    return input.hashCode() ^ signature.hashCode();
  }

  @Override
  public String toString() {
    return "token %s by %s".formatted(claims.id(), kid);
  }
}
