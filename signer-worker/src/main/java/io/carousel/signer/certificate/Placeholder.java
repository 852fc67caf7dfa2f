package io.carousel.signer.certificate;

import io.carousel.events.Suite;

/** Signatures to rehearse with: as long as real ones, and good under no key. */
public final class Placeholder {
  private Placeholder() {}

  /** In the form of X.509. */
  public static byte[] of(Suite suite) {
    return switch (suite.family()) {
      case RSA, ED25519 -> new byte[suite.signatureOctets()];
      case EC -> new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1}; // r = s = 1
    };
  }
}
