package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Format;

/** What a house publishes for verifiers, to everybody. Thread-safe. */
@FunctionalInterface
public interface Published {

  /**
   * What goes with an authority's bundle and is not to be accepted any more.
   *
   * @return for X.509 its CRLs: PEM blocks, one after the other; for SSH its KRL (PROTOCOL.krl)
   * @throws IllegalArgumentException for tokens, of which none is revoked
   */
  byte[] revocations(AuthorityName authority, Format format)
      throws HouseException, InterruptedException;
}
