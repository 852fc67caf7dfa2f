package io.carousel.signer.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import io.carousel.events.Bytes;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** What a token's header must say of the key that signs it, by Nimbus and not by the writer. */
final class SigningKey {
  private SigningKey() {}

  /** RFC 7518, section 3.1, and RFC 8037, section 3.1. */
  static JWSAlgorithm algorithm(Suite suite) {
    return switch (suite) {
      case RSA_2048, RSA_3072, RSA_4096 -> JWSAlgorithm.RS256;
      case ECDSA_P256 -> JWSAlgorithm.ES256;
      case ECDSA_P384 -> JWSAlgorithm.ES384;
      case ED25519 -> JWSAlgorithm.EdDSA;
    };
  }

  /**
   * RFC 7638, with SHA-256.
   *
   * @param key SubjectPublicKeyInfo
   * @throws IllegalArgumentException if no suite has such a key
   */
  static String thumbprint(Bytes key) {
    try {
      return jwk(SubjectPublicKey.of(key)).computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the key has no thumbprint", e);
    }
  }

  private static JWK jwk(SubjectPublicKey key) {
    return switch (key) {
      case SubjectPublicKey.Rsa rsa -> new RSAKey.Builder((RSAPublicKey) rsa.jca()).build();
      case SubjectPublicKey.Ec ec -> {
        var jca = (ECPublicKey) ec.jca();
        yield new ECKey.Builder(Curve.forECParameterSpec(jca.getParams()), jca).build();
      }
      case SubjectPublicKey.Ed25519 ed ->
          new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(ed.point().toArray())).build();
    };
  }
}
