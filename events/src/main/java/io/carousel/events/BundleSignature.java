package io.carousel.events;

import java.security.GeneralSecurityException;
import java.security.Signature;

/**
 * A signature by a key of the built-in authority over a {@link TrustStatement}.
 *
 * @param publicKey SubjectPublicKeyInfo of the key that signed
 * @param signature over {@link Statements#bundle}, by the scheme of the key's suite
 */
public record BundleSignature(Bytes publicKey, Bytes signature) {

  /** SHA-256 of the SubjectPublicKeyInfo of the key that signed. */
  public Digest key() {
    return publicKey.digest();
  }

  /** Whether it holds; that its key is one to go by is for the caller to know. */
  public boolean holds(HouseId house, TrustStatement statement) {
    try {
      SubjectPublicKey key = SubjectPublicKey.of(publicKey);
      if (key.suite().isEmpty()) {
        return false;
      }
      Signature check = Signature.getInstance(key.suite().get().jcaSignature());
      check.initVerify(key.jca());
      check.update(Statements.bundle(house, statement));
      return check.verify(signature.toArray());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
