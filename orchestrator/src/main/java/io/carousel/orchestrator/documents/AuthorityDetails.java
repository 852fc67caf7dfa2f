package io.carousel.orchestrator.documents;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.FormatSuite;
import io.carousel.events.PhaseName;
import io.carousel.events.Policy;
import io.carousel.events.RotationId;
import io.carousel.events.SlotName;
import io.carousel.events.TrustBundle;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All about one authority.
 *
 * @param rotation under way
 * @param rotations how many were ever started
 * @param generations all there ever were, the oldest first
 * @param surplus keys that were made twice
 * @param bundle what verifiers must trust now
 * @param external the root above it; absent: its keys sign their own certificates
 * @param slot the slot that joins or leaves
 * @param lost its slots that count as lost
 * @param silent its slots that do not answer, and are passed over
 */
public record AuthorityDetails(
    AuthorityName name,
    List<FormatSuite> formats,
    List<SlotName> slots,
    Policy policy,
    PhaseName phase,
    Optional<RotationId> rotation,
    int rotations,
    List<GenerationLine> generations,
    List<KeyLine> surplus,
    TrustBundle bundle,
    Optional<ExternalDetails> external,
    Optional<SlotName> slot,
    List<SlotName> lost,
    List<SlotName> silent) {
  /**
   * One generation.
   *
   * @param keys in the house's own slots
   * @param foreign keys that sign elsewhere: with any, the generation is verify-only
   * @param trusted whether verifiers shall trust it now
   * @param retrusted whether they shall because it is trusted once more after its retirement
   */
  public record GenerationLine(
      int number,
      List<FormatSuite> formats,
      List<KeyLine> keys,
      List<ForeignLine> foreign,
      boolean trusted,
      boolean retrusted) {}

  /**
   * A key that signs elsewhere.
   *
   * @param publicKey SHA-256 of its SubjectPublicKeyInfo
   * @param notAfter when its CA certificate ends; for X.509 alone
   * @param crl for X.509 alone
   */
  public record ForeignLine(
      Format format, Digest publicKey, Optional<Instant> notAfter, Optional<ForeignCrlLine> crl) {}

  /**
   * What is known of the CRLs of a CA elsewhere.
   *
   * @param url from where they are fetched
   * @param newest absent: none was brought, and crls.pem is not published
   * @param trouble why the last attempt to fetch brought none
   */
  public record ForeignCrlLine(
      Optional<String> url, Optional<ExternalDetails.CrlLine> newest, Optional<String> trouble) {}
}
