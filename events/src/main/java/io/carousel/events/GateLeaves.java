package io.carousel.events;

import java.util.List;
import java.util.Optional;

/**
 * Some of what a gate rested on; all of it travels on {@code carousel.evidence}, in the transaction
 * of the event that holds the root over all of it.
 *
 * @param rotation whose phase it is; empty for a slot that joins or leaves, and for the end of a
 *     generation's renewed trust outside of rotations
 * @param leaving the phase whose gate it is, or in which it stood
 * @param first the place of the first of these among all leaves, from 0; the others follow it
 * @param statements what was asked and what was shown, on one line each; the UTF-8 bytes of each
 *     are an entry of the tree
 * @param authority whose fleet was asked
 */
public record GateLeaves(
    Optional<RotationId> rotation,
    PhaseName leaving,
    int first,
    List<String> statements,
    AuthorityName authority) {
  /** How many go into one record: a fleet has hundreds of thousands. */
  public static final int MOST = 256;

  /** Copies. */
  public GateLeaves {
    statements = List.copyOf(statements);
    if (statements.isEmpty() || statements.size() > MOST) {
      throw new IllegalArgumentException(
          "%d leaves in one record; 1 to %d are expected".formatted(statements.size(), MOST));
    }
  }
}
