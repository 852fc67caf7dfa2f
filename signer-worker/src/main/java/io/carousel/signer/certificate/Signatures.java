package io.carousel.signer.certificate;

import io.carousel.events.Bytes;
import io.carousel.events.Suite;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/** Verification with the JDK's own cryptography. */
public final class Signatures {
  private Signatures() {}

  /**
   * Whether that signature holds; false also for a key that is not of the suite.
   *
   * @param key SubjectPublicKeyInfo
   * @param signature in the form of X.509
   */
  public static boolean hold(Bytes key, Suite suite, byte[] message, byte[] signature) {
    try {
      Signature check = Signature.getInstance(suite.jcaSignature());
      check.initVerify(decode(key, suite));
      check.update(message);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static PublicKey decode(Bytes key, Suite suite) throws GeneralSecurityException {
    String algorithm =
        switch (suite.family()) {
          case RSA -> "RSA";
          case EC -> "EC";
          case ED25519 -> "Ed25519";
        };
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(key.toArray()));
  }
}
