package io.carousel.signer.trust;

import io.carousel.events.Suite;
import io.carousel.events.Word;
import java.util.Locale;

/**
 * Which of a token's signatures over leaf certificates are verified before they leave. Those over
 * CA certificates and over proofs of possession always are.
 */
public enum Verification implements Word {
  /** Each. */
  ALL,

  /**
   * Of ECDSA, whose signatures cost more to verify than to make: the first under each key, the
   * first after any that did not hold, and then one in {@link #SAMPLE} by chance. RSA and Ed25519
   * are always verified: it costs less than signing, and a faulty signature gives the key away to
   * whoever sees it (Boneh, DeMillo and Lipton, 1997), so that it must not leave.
   */
  SAMPLED;

  /** One in so many. */
  public static final int SAMPLE = 32;

  /** Whether a part of that suite's signatures is enough. */
  public boolean samples(Suite suite) {
    return this == SAMPLED && suite.family() == Suite.Family.EC;
  }

  @Override
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
