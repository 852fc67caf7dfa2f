package io.carousel.events;

/**
 * One thing that a gate rested on; travels on {@code carousel.evidence}, in the transaction of the
 * event that holds the root over all of them.
 *
 * @param rotation whose gate it is; of one outside of rotations, the last that was started before
 * @param leaving the phase whose gate it is, or in which it stood
 * @param index its place among the leaves, from 0
 * @param statement what was asked and what was shown, on one line; its UTF-8 bytes are the entry of
 *     the tree
 */
public record GateLeaf(RotationId rotation, PhaseName leaving, int index, String statement) {}
