package io.carousel.events.seal;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/** Ed25519 keys that are the same in every run. For tests alone: everybody knows them. */
final class FixedKeys {
  private FixedKeys() {}

  /** The key whose seed is 32 times that byte. */
  static KeyPair of(int seed) {
    try {
      var generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, new Same((byte) seed));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Same extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte value;

    Same(byte value) {
      this.value = value;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      Arrays.fill(bytes, value);
    }
  }
}
