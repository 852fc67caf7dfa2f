package io.carousel.events;

import java.util.Optional;

/**
 * One thing that a gate rested on; travels on {@code carousel.evidence}, in the transaction of the
 * event that holds the root over all of them.
 *
 * @param rotation whose phase it is; empty for a slot that joins or leaves, and for the end of a
 *     generation's renewed trust outside of rotations
 * @param leaving the phase whose gate it is, or in which it stood
 * @param index its place among the leaves, from 0
 * @param statement what was asked and what was shown, on one line; its UTF-8 bytes are the entry of
 *     the tree
 * @param authority whose fleet was asked
 */
public record GateLeaf(
    Optional<RotationId> rotation,
    PhaseName leaving,
    int index,
    String statement,
    AuthorityName authority) {}
