package io.carousel.signer.work;

import io.carousel.events.SigningCommand;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.trust.LogUnreachable;

/**
 * One kind of work on one slot. Thread-safe. A command may come any number of times, also while it
 * is being carried out elsewhere.
 *
 * @param <C> what is asked
 * @param <A> what is answered
 */
public interface Work<C extends SigningCommand, A> {
  /** What may come this way. */
  Class<C> family();

  /**
   * Does it, or says in the answer why not.
   *
   * @throws TokenException if the token cannot be reached or needs an operator: no answer then
   * @throws LogUnreachable if nobody can say now whether to do it: no answer then
   */
  A carryOut(C command) throws TokenException, LogUnreachable;

  /** The answer that says no. */
  A refuse(C command, Refused why);
}
