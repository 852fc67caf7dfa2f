package io.carousel.agent;

import io.carousel.events.Bytes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/** How the key of a credential, on P-256, shows that it is at hand. */
final class KeyProof {
  private KeyProof() {}

  /** ECDSA with SHA-256 over a statement, DER. */
  static Bytes by(PrivateKey key, byte[] statement) {
    try {
      Signature ecdsa = Signature.getInstance("SHA256withECDSA");
      ecdsa.initSign(key);
      ecdsa.update(statement);
      return Bytes.of(ecdsa.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key of a credential cannot sign", e);
    }
  }
}
