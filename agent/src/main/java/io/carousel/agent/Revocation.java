package io.carousel.agent;

import io.carousel.events.Serial;
import java.time.Instant;
import java.util.Optional;

/**
 * That a credential is revoked, as its authority publishes it.
 *
 * @param since as the CRL says; empty in a KRL, which says none
 * @param cause in the words of RFC 5280, section 5.3.1, in lower case; empty if none is said
 */
public record Revocation(Serial serial, Optional<Instant> since, Optional<String> cause) {
  @Override
  public String toString() {
    return "credential %s is revoked%s%s"
        .formatted(
            serial,
            since.map(" since %s"::formatted).orElse(""),
            cause.map(" (%s)"::formatted).orElse(""));
  }
}
