package io.carousel.agent.service;

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

  /** What is run or watched, for people. */
  String describe();
}
