package io.carousel.agent.service;

import java.util.Optional;
import java.util.Set;

/** What reads an output's sets. */
public interface Service {

  /**
   * Has it take up the set that is current now. When this returns, it shows and trusts nothing of
   * an earlier set to whoever connects from here on.
   *
   * @throws ServiceFailure if it did not, or whether it did cannot be seen; says why
   * @throws InterruptedException if the wait was cut short; what was started has ended
   */
  void takeUp(Expectation expected) throws ServiceFailure, InterruptedException;

  /**
   * What strangers get to see now of what it was to take up.
   *
   * @return empty if nobody can look
   */
  default Optional<Sight> look(Expectation expected) throws InterruptedException {
    return Optional.empty();
  }

  /** Whether {@link #connections()} can be told; that costs little. */
  default boolean listsConnections() {
    return false;
  }

  /**
   * The connections that stand now, and may be from before it last took up a set.
   *
   * @return empty if they cannot be seen
   */
  default Optional<Set<Connection>> connections() {
    return Optional.empty();
  }

  /**
   * Ends those of them that it can end without one that is from after it. Whether it did is seen
   * from what stands then.
   */
  default void sever(Set<Connection> those) {}

  /** What is run or watched, for people. */
  String describe();
}
