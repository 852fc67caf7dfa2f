package io.carousel.events.orders;

/** What the log says of a key command that somebody sent. */
public sealed interface Finding {
  /** The log ordered exactly that, and it is neither answered nor called off. */
  record Stands() implements Finding {}

  /** The log ordered exactly that, and it is answered already, or called off. Nothing is wrong. */
  record Ended() implements Finding {}

  /**
   * No event of the log ordered that.
   *
   * @param why what does not fit, for people
   */
  record Unordered(String why) implements Finding {}

  /**
   * The log ordered exactly that, and also says that it must not be done, or not yet.
   *
   * @param why for people
   */
  record Barred(String why) implements Finding {}
}
