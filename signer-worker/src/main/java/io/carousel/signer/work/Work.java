package io.carousel.signer.work;

import io.carousel.events.AuthorName;
import io.carousel.events.SigningCommand;
import io.carousel.signer.refusal.Refused;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.trust.LogUnreachable;
import java.util.Optional;

/**
 * One kind of work on one slot. Thread-safe. A command may come any number of times, also while it
 * is being carried out elsewhere.
 *
 * @param <C> what is asked
 * @param <A> what is answered
 */
public interface Work<C extends SigningCommand, A> {
  /** Who asks where no record says so. */
  AuthorName NOBODY = new AuthorName("nobody");

  /** What may come this way. */
  Class<C> family();

  /**
   * Does what can be done before a session of the token is needed. The parts of the work are done
   * by different threads, so that those at the token have nothing else to do.
   *
   * @param author who signed the command
   * @throws TokenException if the token cannot be reached or needs an operator: no answer then
   * @throws LogUnreachable if nobody can say now whether to do it: no answer then
   */
  Prepared<A> prepare(C command, AuthorName author) throws TokenException, LogUnreachable;

  /** Work that waits for a session. */
  @FunctionalInterface
  interface Prepared<A> {
    /** Work that the token has no part in; what is said of it, or nothing. */
    static <A> Prepared<A> done(Optional<A> answer) {
      return making(0, () -> () -> answer);
    }

    /** Work with so many signatures at most. */
    static <A> Prepared<A> making(int signatures, Prepared<A> work) {
      return new Prepared<>() {
        @Override
        public int signatures() {
          return signatures;
        }

        @Override
        public Signed<A> atToken() throws TokenException {
          return work.atToken();
        }
      };
    }

    /** How many signatures the token is asked for at most. */
    default int signatures() {
      return 1;
    }

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
    /** Does the rest; says what was done, or why not. Empty if nobody waits for an answer. */
    Optional<A> answer();
  }

  /**
   * Does all of it for nobody in particular, or says in the answer why not.
   *
   * @throws TokenException if the token cannot be reached or needs an operator: no answer then
   */
  default A carryOut(C command) throws TokenException, LogUnreachable {
    return prepare(command, NOBODY).atToken().answer().orElseThrow();
  }

  /**
   * Finds out whether the token is there, without having it sign anything.
   *
   * @throws TokenException if it is not
   */
  default void probe() throws TokenException {}

  /** The answer that says no. */
  A refuse(C command, Refused why);
}
