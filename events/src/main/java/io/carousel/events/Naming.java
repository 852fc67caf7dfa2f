package io.carousel.events;

import java.util.Optional;

/**
 * What an authority calls itself and those whom it certifies.
 *
 * @param subject what its CA certificates are called, beside generation and slot; empty: after the
 *     authority, of the organisation Carousel
 * @param trustDomain the SPIFFE trust domain whose SVIDs its certificates and tokens are; empty:
 *     they are none
 */
public record Naming(Optional<CaSubject> subject, Optional<TrustDomain> trustDomain) {
  /** After the authority, and no SVIDs. */
  public static final Naming DEFAULT = new Naming(Optional.empty(), Optional.empty());
}
