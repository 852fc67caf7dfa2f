package io.carousel.signer.trust;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.LeafOrder;
import io.carousel.events.TrustDomain;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.trust.Phases.Phase;
import java.util.Optional;

/**
 * Whether a credential is asked for in the phase that its authority is in, from the generation and
 * the slot that sign in it: who kept a command back over the turn of a phase gets nothing for it.
 * Thread-safe.
 */
public final class PhaseCheck {
  private final Roll roll;
  private final LogTail tail;

  /** By that log. */
  public PhaseCheck(Roll roll, LogTail tail) {
    this.roll = roll;
    this.tail = tail;
  }

  /**
   * Passes what fits the phase.
   *
   * @throws Refused as {@link Refusal#OUT_OF_PHASE}, saying what does not fit
   * @throws LogUnreachable if the order speaks of an event that was not read yet, and nobody can
   *     say now what it is
   */
  public void check(LeafOrder order) throws Refused, LogUnreachable {
    // Phases only follow each other: what has been read already cannot come to fit by reading on.
    if (order.phaseSequence() > roll.head().sequence() || mayBeEarly(order)) {
      tail.catchUp();
    }
    Optional<Phase> now = roll.phase(order.authority());
    if (now.isEmpty()) {
      throw outOfPhase("authority '%s' signs nothing yet".formatted(order.authority()));
    }
    Phase phase = now.get();
    if (order.phaseSequence() != phase.sequence()) {
      throw outOfPhase(
          "it was asked for in the phase that began with event %d, and authority '%s' is in that of event %d; ask again"
              .formatted(order.phaseSequence(), order.authority(), phase.sequence()));
    }
    int signs = phase.generationFor(order.profile());
    if (order.generation() != signs) {
      throw outOfPhase(
          "generation %d does not sign for profile %s of authority '%s' now: generation %d does"
              .formatted(order.generation(), order.profile(), order.authority(), signs));
    }
    if (!phase.slots().contains(order.slot())) {
      throw outOfPhase(
          "slot '%s' signs nothing for authority '%s' now: it has not joined, leaves, or has left"
              .formatted(order.slot(), order.authority()));
    }
  }

  /** That the successor is to be trusted comes within a phase, and canaries come right after it. */
  private boolean mayBeEarly(LeafOrder order) {
    return order.profile().isCanary()
        && roll.phase(order.authority())
            .filter(p -> p.sequence() == order.phaseSequence() && p.canaries() == 0)
            .isPresent();
  }

  /** The external root that signs the CA certificates of that authority, DER. */
  public Optional<Bytes> root(AuthorityName authority) {
    return roll.root(authority);
  }

  /** The SPIFFE trust domain of that authority; empty if it issues no SVIDs. */
  public Optional<TrustDomain> trustDomain(AuthorityName authority) {
    return roll.trustDomain(authority);
  }

  private static Refused outOfPhase(String message) {
    return new Refused(Refusal.OUT_OF_PHASE, message);
  }
}
