package io.carousel.events.seal;

import io.carousel.events.AuthorName;
import io.carousel.events.AuthorRole;
import io.carousel.events.Bytes;
import io.carousel.events.SlotName;
import java.util.Optional;

/**
 * Somebody whose signature counts.
 *
 * @param slot of a worker; empty for an orchestrator
 * @param publicKey Ed25519, SubjectPublicKeyInfo
 */
public record KnownAuthor(
    AuthorName name, AuthorRole role, Optional<SlotName> slot, Bytes publicKey) {}
