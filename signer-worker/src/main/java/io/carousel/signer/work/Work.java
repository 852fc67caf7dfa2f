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
   * Does what can be done before a session of the token is needed. The parts of the work are done
   * by different threads, so that those at the token have nothing else to do.
   *
   * @throws TokenException if the token cannot be reached or needs an operator: no answer then
   * @throws LogUnreachable if nobody can say now whether to do it: no answer then
   */
  Prepared<A> prepare(C command) throws TokenException, LogUnreachable;

  /** Work that waits for a session. */
  @FunctionalInterface
  interface Prepared<A> {
    /**
     * Does what needs the token.
     *
     * @throws TokenException if the token cannot be reached or needs an operator: no answer then
     */
    Signed<A> atToken() throws TokenException;
  }

  /** Work of which the token's part is done. */
  @FunctionalInterface
  interface Signed<A> {
    /** Does the rest; says what was done, or why not. */
    A answer();
  }

  /**
   * Does all of it, or says in the answer why not.
   *
   * @throws TokenException if the token cannot be reached or needs an operator: no answer then
   */
  default A carryOut(C command) throws TokenException, LogUnreachable {
    return prepare(command).atToken().answer();
  }

  /** The answer that says no. */
  A refuse(C command, Refused why);
}
