package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Digest;
import io.carousel.events.SlotName;
import java.util.List;
import java.util.Optional;

/** Every process whose records count. */
public record Authors(List<AuthorLine> authors) {
  /**
   * One of them.
   *
   * @param slot of a worker
   * @param publicKey SHA-256 of its SubjectPublicKeyInfo
   */
  public record AuthorLine(
      AuthorName name, AuthorRole role, Optional<SlotName> slot, Digest publicKey) {}
}
