package io.carousel.events;

import java.time.Instant;

/**
 * What every command for a credential says, whatever its format: which key is to sign, for whom,
 * and for how long.
 *
 * @param suite of the key that signs
 * @param identity SHA-256 of the identity key (SubjectPublicKeyInfo) that asked: another may come
 *     under the participant's name
 * @param phaseSequence the event that began the phase in which this was asked
 * @param deadline not signed after this
 */
public record LeafOrder(
    CommandId command,
    AuthorityName authority,
    int generation,
    SlotName slot,
    KeyId key,
    Suite suite,
    ParticipantName participant,
    Digest identity,
    Profile profile,
    Serial serial,
    Instant notBefore,
    Instant notAfter,
    long phaseSequence,
    Instant deadline) {}
