package io.carousel.e2e.formats;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDHDecrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.carousel.events.Bytes;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Nimbus, as requester and as verifier. */
final class Tokens {
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.ES384);
  private static final Set<String> CLAIMS = Set.of("iss", "sub", "aud", "iat", "nbf", "exp", "jti");

  private Tokens() {}

  /** The token in an encrypted one. */
  static Bytes opened(Bytes sealed, KeyPair key) {
    try {
      JWEObject envelope = JWEObject.parse(new String(sealed.toArray(), US_ASCII));
      envelope.decrypt(new ECDHDecrypter((ECPrivateKey) key.getPrivate()));
      return Bytes.of(envelope.getPayload().toBytes());
    } catch (ParseException | JOSEException e) {
      throw new AssertionError("a token cannot be opened by whom it is for", e);
    }
  }

  /** The key id that a token names (RFC 7638). */
  static String keyId(Bytes token) {
    try {
      return SignedJWT.parse(new String(token.toArray(), US_ASCII)).getHeader().getKeyID();
    } catch (ParseException e) {
      throw new AssertionError("what was in the envelope is no token", e);
    }
  }

  /** The key id of a SubjectPublicKeyInfo, as Nimbus computes it. */
  static String keyIdOf(Bytes spki) {
    var encoded = new X509EncodedKeySpec(spki.toArray());
    try {
      PublicKey key =
          spki.length() > 200
              ? KeyFactory.getInstance("RSA").generatePublic(encoded)
              : KeyFactory.getInstance("EC").generatePublic(encoded);
      JWK jwk =
          switch (key) {
            case RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
            case ECPublicKey ec ->
                new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).build();
            default -> throw new AssertionError(key);
          };
      return jwk.computeThumbprint().toString();
    } catch (GeneralSecurityException | JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A verifier of tokens that keeps the keys it was given as long as it may, and asks for no others
   * before, whatever token comes: the worst that the publisher of keys must reckon with.
   */
  static final class Verifier implements JWKSource<SecurityContext> {
    private static final Pattern MAX_AGE = Pattern.compile("\\bmax-age=(\\d+)");

    private final Published published;
    private final String audience;
    private JWKSet keys = new JWKSet();
    private Instant until = Instant.MIN;

    Verifier(Published published, String audience) {
      this.published = published;
      this.audience = audience;
    }

    /** Why it refuses a token; empty if it does not. */
    Optional<String> refusal(String token, String issuer, String subject) {
      var processor = new DefaultJWTProcessor<SecurityContext>();
      processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, this));
      processor.setJWTClaimsSetVerifier(
          new DefaultJWTClaimsVerifier<>(
              audience,
              new JWTClaimsSet.Builder().issuer(issuer).subject(subject).build(),
              CLAIMS));
      try {
        processor.process(token, null);
        return Optional.empty();
      } catch (BadJOSEException | JOSEException | ParseException e) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public List<JWK> get(JWKSelector selector, SecurityContext context) throws KeySourceException {
      return selector.select(keys());
    }

    private synchronized JWKSet keys() throws KeySourceException {
      if (!Instant.now().isBefore(until)) {
        HttpResponse<byte[]> response = published.answer(published.jwks());
        try {
          keys = JWKSet.parse(new String(response.body(), US_ASCII));
        } catch (ParseException e) {
          throw new KeySourceException("no set of keys is published", e);
        }
        until = Instant.now().plus(maxAge(response));
      }
      return keys;
    }

    private static Duration maxAge(HttpResponse<byte[]> response) {
      Matcher age = MAX_AGE.matcher(response.headers().firstValue("Cache-Control").orElse(""));
      return age.find() ? Duration.ofSeconds(Long.parseLong(age.group(1))) : Duration.ZERO;
    }
  }
}
