package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Bytes;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.wire.Json;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A key here that signs tokens, as verifiers read it: named by its thumbprint.
 *
 * @param suite in which the key signs
 */
public record Jwk(SubjectPublicKey key, Suite suite) implements PublishedJwk {
  /** Checks that they fit each other. */
  public Jwk {
    if (key.suite().filter(suite::equals).isEmpty()) {
      throw new IllegalArgumentException("the key is not of the suite %s".formatted(suite));
    }
  }

  /**
   * The key of a SubjectPublicKeyInfo in DER.
   *
   * @throws IllegalArgumentException if it is no key of that suite
   */
  public static Jwk of(Bytes spki, Suite suite) {
    return new Jwk(SubjectPublicKey.of(spki), suite);
  }

  /** By which it signs. */
  public JwsAlgorithm algorithm() {
    return JwsAlgorithm.of(suite);
  }

  @Override
  public String kid() {
    return thumbprint(key);
  }

  /** SHA-256 (RFC 7638, section 3) in base64url, 43 characters. */
  static String thumbprint(SubjectPublicKey key) {
    return Base64Url.of(Bytes.of(Json.PLAIN.write(required(key))).digest().bytes());
  }

  /** What makes a key that key, in the order in which a thumbprint is taken. */
  static SortedMap<String, String> required(SubjectPublicKey key) {
    SortedMap<String, String> members = new TreeMap<>();
    switch (key) {
      case SubjectPublicKey.Rsa rsa -> {
        members.put("kty", "RSA");
        members.put("n", Base64Url.of(rsa.modulus()));
        members.put("e", Base64Url.of(rsa.exponent()));
      }
      case SubjectPublicKey.Ec ec -> {
        byte[] point = ec.point();
        int octets = ec.curve().octets();
        members.put("kty", "EC");
        members.put("crv", "P-" + ec.curve().suite().bits());
        members.put("x", Base64Url.of(Arrays.copyOfRange(point, 1, 1 + octets)));
        members.put("y", Base64Url.of(Arrays.copyOfRange(point, 1 + octets, 1 + 2 * octets)));
      }
      case SubjectPublicKey.Ed25519 ed -> {
        members.put("kty", "OKP");
        members.put("crv", "Ed25519");
        members.put("x", Base64Url.of(ed.point().toArray()));
      }
    }
    return members;
  }

  @Override
  public Map<String, String> members() {
    return members(key, kid(), Optional.of(algorithm().wire()));
  }

  static Map<String, String> members(SubjectPublicKey key, String kid, Optional<String> alg) {
    Map<String, String> members = new LinkedHashMap<>(required(key));
    members.put("kid", kid);
    alg.ifPresent(name -> members.put("alg", name));
    members.put("use", "sig");
    return Collections.unmodifiableMap(members);
  }

  /** Its JSON, on one line. */
  public String json() {
    return new String(Json.PLAIN.write(members()), UTF_8);
  }
}
