package io.carousel.orchestrator.documents;

import io.carousel.events.Bytes;
import io.carousel.events.CrlNumber;
import io.carousel.events.RootUse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The external root of an authority.
 *
 * @param use what verifiers do with it
 * @param certificate DER
 * @param crl the newest that was imported
 * @param removals how each retired generation stands
 * @param warnings what an operator must see
 */
public record ExternalDetails(
    RootUse use,
    Bytes certificate,
    Optional<CrlLine> crl,
    List<RemovalLine> removals,
    List<String> warnings) {
  /** A CRL of the root. */
  public record CrlLine(Optional<CrlNumber> number, Instant thisUpdate, Instant nextUpdate) {}
}
