package io.carousel.signer.work;

import io.carousel.events.seal.Message;
import io.carousel.signer.refusal.Refusal;
import io.carousel.signer.refusal.Refused;

/** What is to become of one record. */
public sealed interface Disposition {

  /**
   * Done, or refused for a reason that its author should hear: write this, then forget the record.
   *
   * @param draft to be sealed with the others of its batch
   */
  record Answered(Message draft) implements Disposition {}

  /** Nothing is to be done, and nobody waits for an answer: forget the record. */
  record Settled() implements Disposition {}

  /** Nobody may act on it; it goes to the dead letters. */
  record Rejected(Refused why) implements Disposition {
    /** Whether nobody enrolled has signed it. */
    public boolean forged() {
      return why.why() == Refusal.FORGED;
    }
  }

  /** Not now: keep it, and come back with it. Take nothing else up meanwhile. */
  record Waiting(Exception why) implements Disposition {}

  /** A fault of this program's own; perhaps another worker, or another program, fares better. */
  record Failed(RuntimeException why) implements Disposition {}
}
