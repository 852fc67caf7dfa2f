package io.carousel.events.seal;

/** What a record of {@code carousel.events} is to a history that has read up to it. */
public sealed interface Placed {
  /** The next event. */
  record Next(Recorded recorded) implements Placed {}

  /**
   * No part of the history. It changes nothing, whoever wrote it and wherever it stands.
   *
   * @param reason in words, for whoever looks into it
   */
  record Stray(Kind kind, String reason) implements Placed {}

  /** Why a record is no part of the history. */
  enum Kind {
    /** No orchestrator that is enrolled at that point has signed it. */
    UNSIGNED,
    /** An exact copy of a record that was read before. */
    REPEATED,
    /** A genuine record that stands before others which it follows. */
    EARLY,
    /** Written in a transaction that was given up, and put there again. */
    GIVEN_UP,
    /** Signed, and under a number so long ago that nobody remembers which record had it. */
    OLD
  }
}
