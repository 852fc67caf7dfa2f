package io.carousel.orchestrator.credential;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;

/**
 * What somebody may have. Whoever makes one has checked who asks, what its roles allow, and that it
 * holds the key.
 *
 * @param identity SHA-256 of the identity key (SubjectPublicKeyInfo) that asks
 * @param publicKey SubjectPublicKeyInfo to be certified
 */
public record Entitlement(
    ParticipantName participant,
    Digest identity,
    AuthorityName authority,
    Profile profile,
    Bytes publicKey) {}
