package io.carousel.events;

import java.util.Optional;

/**
 * What the author of an act saw when it decided to act. If the authority has moved on, the act is
 * refused: two operators who both press Advance move one phase.
 *
 * @param rotation the rotation under way; empty in standby
 * @param sequence the sequence number of the event that began the phase
 */
public record Seen(Optional<RotationId> rotation, PhaseName phase, long sequence) {}
