package io.carousel.events.jose;

import io.carousel.events.Bytes;
import io.carousel.events.EcdsaSignature;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.Suite;
import io.carousel.events.Word;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;

/** How a token is signed (RFC 7518, section 3.1; RFC 8037, section 3.1). */
public enum JwsAlgorithm implements Word {
  /** RSA PKCS#1 v1.5 with SHA-256. */
  RS256("RS256", "SHA256withRSA"),
  /** ECDSA over P-256 with SHA-256. */
  ES256("ES256", "SHA256withECDSAinP1363Format"),
  /** ECDSA over P-384 with SHA-384. */
  ES384("ES384", "SHA384withECDSAinP1363Format"),
  /** Ed25519, the one curve of these that is used here. */
  EDDSA("EdDSA", "Ed25519");

  private final String wire;
  private final String jca;

  JwsAlgorithm(String wire, String jca) {
    this.wire = wire;
    this.jca = jca;
  }

  /** The name that headers and keys carry. */
  @Override
  public String wire() {
    return wire;
  }

  /** That by which a suite signs. */
  public static JwsAlgorithm of(Suite suite) {
    return switch (suite) {
      case RSA_2048, RSA_3072, RSA_4096 -> RS256;
      case ECDSA_P256 -> ES256;
      case ECDSA_P384 -> ES384;
      case ED25519 -> EDDSA;
    };
  }

  /**
   * A signature in the form of JOSE, from the form of X.509: ECDSA becomes both numbers in a fixed
   * length (RFC 7518, section 3.4), all others stay as they are.
   *
   * @throws IllegalArgumentException if it is none that such a key makes
   */
  static Bytes ofX509(SubjectPublicKey key, Bytes signature) {
    return switch (key) {
      case SubjectPublicKey.Rsa rsa -> ofLength(rsa.octets(), signature);
      case SubjectPublicKey.Ec ec -> EcdsaSignature.ofDer(ec.curve(), signature).fixed();
      case SubjectPublicKey.Ed25519 _ -> ofLength(Suite.ED25519.signatureOctets(), signature);
    };
  }

  private static Bytes ofLength(int octets, Bytes signature) {
    if (signature.length() != octets) {
      throw new IllegalArgumentException(
          "a signature by this key has %d octets; this one has %d"
              .formatted(octets, signature.length()));
    }
    return signature;
  }

  /** Whether a suite that signs so makes signatures of that length. */
  boolean allows(int octets) {
    for (Suite suite : Suite.values()) {
      if (of(suite) == this && suite.signatureOctets() == octets) {
        return true;
      }
    }
    return false;
  }

  /** Whether that is the key's signature, in the form of JOSE. */
  boolean verifies(SubjectPublicKey key, byte[] over, Bytes signature) {
    try {
      var jdk = Signature.getInstance(jca);
      jdk.initVerify(key.jca());
      jdk.update(over);
      return jdk.verify(signature.toArray());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has " + jca, e);
    }
  }
}
