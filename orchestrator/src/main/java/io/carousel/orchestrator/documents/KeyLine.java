package io.carousel.orchestrator.documents;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.KeyId;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.Optional;

/**
 * One key.
 *
 * @param stage {@code requested}, {@code generated}, {@code awaiting certificate}, {@code
 *     certified}, {@code adopted}, {@code trusted}, {@code signing}, {@code retired}, {@code held},
 *     {@code withdrawn}, {@code being destroyed}, {@code destroyed} or {@code unreachable}
 * @param usable whether it can sign
 * @param until the end of its hold
 * @param key CKA_ID, once there is one
 * @param publicKey SHA-256 of its SubjectPublicKeyInfo, once there is one
 * @param notAfter when its CA certificate ends; for X.509 alone, once it has one
 * @param failure why the last attempt at what it waits for failed
 */
public record KeyLine(
    int generation,
    SlotName slot,
    Format format,
    String stage,
    boolean usable,
    Optional<Instant> until,
    Optional<KeyId> key,
    Optional<Digest> publicKey,
    Optional<Instant> notAfter,
    Optional<Failure> failure) {
  /**
   * Why an attempt failed.
   *
   * @param code stable, for programs
   * @param detail for people
   * @param lasting whether trying again is thought useless until somebody helps
   */
  public record Failure(String code, String detail, boolean lasting) {}
}
