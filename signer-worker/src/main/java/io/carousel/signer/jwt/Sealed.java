package io.carousel.signer.jwt;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.NistCurve;
import io.carousel.events.SubjectPublicKey;
import io.carousel.events.UnreadableDer;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import java.security.interfaces.ECPublicKey;

/**
 * Tokens that only their requester can read (RFC 7516, compact): they travel through Kafka, and
 * whoever can read one can use it.
 */
public final class Sealed {
  private final ECPublicKey recipient;

  private Sealed(ECPublicKey recipient) {
    this.recipient = recipient;
  }

  /**
   * To the holder of that key.
   *
   * @param recipient SubjectPublicKeyInfo of a key on P-256
   * @throws Refused as {@link Refusal#BAD_KEY} if it is none
   */
  public static Sealed to(Bytes recipient) throws Refused {
    try {
      // Before anything is signed: a point beside the curve would show only at the encryption.
      if (SubjectPublicKey.of(recipient) instanceof SubjectPublicKey.Ec ec
          && ec.curve() == NistCurve.P256) {
        return new Sealed((ECPublicKey) ec.jca());
      }
    } catch (UnreadableDer e) {
      throw new Refused(
          Refusal.BAD_KEY, "no token can be encrypted to such a key: " + e.getMessage(), e);
    }
    throw new Refused(
        Refusal.BAD_KEY, "a token is encrypted to a key on P-256, and this is another one");
  }

  /** That token, encrypted with ECDH-ES and A256GCM (RFC 7518, sections 4.6 and 5.3). */
  public Bytes seal(String token) {
    var header =
        new JWEHeader.Builder(JWEAlgorithm.ECDH_ES, EncryptionMethod.A256GCM)
            .contentType("JWT")
            .build();
    var envelope = new JWEObject(header, new Payload(token));
    try {
      envelope.encrypt(new ECDHEncrypter(recipient));
    } catch (JOSEException e) {
      throw new IllegalStateException("a token cannot be encrypted to a key on P-256", e);
    }
    return Bytes.of(envelope.serialize().getBytes(US_ASCII));
  }

  /**
   * What the log says of a token: SHA-256 of its SHA-256, so that who knows the latter has had it.
   */
  public static Digest digest(String token) {
    return Digest.of(Digest.of(token.getBytes(US_ASCII)).bytes());
  }
}
