package io.carousel.agent;

import io.carousel.events.AuthorityName;
import io.carousel.events.Format;

/** What a house publishes for verifiers, to everybody. Thread-safe. */
@FunctionalInterface
public interface Published {

  /**
   * What verifiers need beside an authority's bundle.
   *
   * @return for X.509 its CRLs: PEM blocks, one after the other, or nothing where a CA that is
   *     trusted has none; for SSH its KRL (PROTOCOL.krl); for tokens its JWK Set (RFC 7517, section
   *     5)
   */
  byte[] companion(AuthorityName authority, Format format)
      throws HouseException, InterruptedException;
}
