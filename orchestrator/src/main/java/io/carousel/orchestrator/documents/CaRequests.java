package io.carousel.orchestrator.documents;

import io.carousel.events.Bytes;
import io.carousel.events.SlotName;
import java.util.List;

/** The requests that wait for a certificate of the external root. */
public record CaRequests(List<CaRequestLine> requests) {
  /**
   * One of them.
   *
   * @param subject distinguished name (RFC 4514)
   * @param request PKCS#10, DER
   */
  public record CaRequestLine(int generation, SlotName slot, String subject, Bytes request) {}
}
