package io.carousel.events;

import java.time.Instant;

/**
 * One credential that is not to be accepted any more.
 *
 * @param issuerKey SHA-256 of the issuing key's SubjectPublicKeyInfo
 * @param holder to whom it was issued
 * @param identity SHA-256 of the identity key that asked for it
 * @param notAfter when it ends by itself
 */
public record RevokedCredential(
    Format format,
    int generation,
    SlotName slot,
    Digest issuerKey,
    Serial serial,
    ParticipantName holder,
    Digest identity,
    Instant notAfter) {}
