package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.carousel.events.Bytes;
import io.carousel.events.wire.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token before anybody has signed it.
 *
 * @param signer the key that signs it
 */
public record JwtDraft(Jwk signer, JwtClaims claims) {
  /**
   * Checks that it will not be too long.
   *
   * @throws IllegalArgumentException if it would be longer than {@link JsonWebToken#LENGTH_LIMIT}
   */
  public JwtDraft {
    int octets = signer.suite().signatureOctets();
    int length = input(signer, claims).length() + 1 + (octets * 4 + 2) / 3;
    if (length > JsonWebToken.LENGTH_LIMIT) {
      throw new IllegalArgumentException(
          "a token of %d characters would be refused by servers: claim less, at most %d"
              .formatted(length, JsonWebToken.LENGTH_LIMIT));
    }
  }

  /** The bytes that are signed (RFC 7515, section 5.1): both parts in ASCII. */
  public Bytes signingInput() {
    return Bytes.of(input(signer, claims).getBytes(US_ASCII));
  }

  private static String input(Jwk signer, JwtClaims claims) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", signer.algorithm().wire());
    header.put("kid", signer.kid());
    header.put("typ", "JWT");
    return part(header) + "." + part(members(claims));
  }

  private static String part(Map<String, Object> members) {
    return Base64Url.of(Json.PLAIN.write(members));
  }

  private static Map<String, Object> members(JwtClaims claims) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("iss", claims.issuer());
    members.put("sub", claims.subject());
    members.put("aud", claims.audience());
    members.put("iat", claims.issuedAt().getEpochSecond());
    members.put("nbf", claims.notBefore().getEpochSecond());
    members.put("exp", claims.expires().getEpochSecond());
    members.put("jti", claims.id());
    members.putAll(claims.others());
    return members;
  }

  /**
   * The token, once it is signed. Whether the signature holds is not asked here: {@link
   * JsonWebToken#verifies} tells.
   *
   * @param signature over {@link #signingInput}, in the form of X.509: an octet string as long as
   *     the modulus (RSA PKCS#1 v1.5), Ecdsa-Sig-Value in DER, or 64 octets (Ed25519)
   * @throws IllegalArgumentException if it is not in the form that the suite gives
   */
  public JsonWebToken complete(Bytes signature) {
    Bytes jose = JwsAlgorithm.ofX509(signer.key(), signature);
    String input = input(signer, claims);
    return new JsonWebToken(signer.algorithm(), signer.kid(), claims, input, jose);
  }
}
