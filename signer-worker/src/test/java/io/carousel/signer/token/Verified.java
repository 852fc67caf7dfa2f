package io.carousel.signer.token;

import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;

/** Judges signatures by the JDK, which shares no code with a token. */
public final class Verified {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Verified() {}

  /** Whether the signature verifies under that key. */
  public static boolean by(TokenKey key, byte[] message, byte[] signature) {
    try {
      Signature judge = Signature.getInstance(key.suite().jcaSignature());
      judge.initVerify(publicKey(key));
      judge.update(message);
      return judge.verify(signature);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The public key as the JDK reads it. */
  public static PublicKey publicKey(TokenKey key) throws GeneralSecurityException {
    Suite.Family family = key.suite().family();
    return KeyFactory.getInstance(family == Suite.Family.ED25519 ? "Ed25519" : family.name())
        .generatePublic(new X509EncodedKeySpec(key.publicKey().toArray()));
  }

  /** An id that nothing has. */
  public static KeyId freshId() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return KeyId.of(bytes);
  }
}
