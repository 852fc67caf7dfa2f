package io.carousel.events.jose;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Bytes;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.wire.Json;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What verifiers of one trust domain must trust, as SPIFFE has it (SPIFFE Trust Domain and Bundle,
 * section 4): a JWK Set with some members more. The same content gives the same text.
 *
 * @param x509 CA certificates, DER, each once
 * @param jwt keys that verify JWT-SVIDs
 * @param sequence grows whenever the content changes
 * @param refresh how often it should be fetched
 */
public record SpiffeBundle(
    List<Bytes> x509, List<PublishedJwk> jwt, long sequence, Duration refresh) {
  /** As {@code Content-Type}. */
  public static final String MEDIA_TYPE = "application/json";

  private static final String USE = "use";

  /** Copies. */
  public SpiffeBundle {
    x509 = x509.stream().distinct().toList();
    jwt = Jwks.of(jwt).keys();
  }

  /** Its JSON, on one line. */
  public String json() {
    var members = new LinkedHashMap<String, Object>();
    members.put(
        "keys",
        Stream.concat(
                x509.stream().map(SpiffeBundle::authority), jwt.stream().map(SpiffeBundle::signer))
            .toList());
    members.put("spiffe_sequence", sequence);
    members.put("spiffe_refresh_hint", refresh.toSeconds());
    return new String(Json.PLAIN.write(members), UTF_8);
  }

  /** Section 4.2.2 and RFC 7517, section 4.7: {@code x5c} is in base64 and not in base64url. */
  private static Map<String, Object> authority(Bytes certificate) {
    var members =
        new LinkedHashMap<String, Object>(
            Jwk.required(SubjectPublicKey.of(SubjectPublicKey.certified(certificate))));
    members.put(USE, "x509-svid");
    members.put("x5c", List.of(Base64.getEncoder().encodeToString(certificate.toArray())));
    return members;
  }

  private static Map<String, Object> signer(PublishedJwk key) {
    var members = new LinkedHashMap<String, Object>(key.members());
    members.put(USE, "jwt-svid");
    return members;
  }
}
