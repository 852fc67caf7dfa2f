package io.carousel.events;

/** What the owner says to an act; travels on {@code carousel.replies} and is kept for 24 hours. */
public sealed interface Reply {
  /** The act's command id. */
  CommandId command();

  /** Where in the log it is recorded: the sequence number of its last event. */
  long sequence();

  /** Done. */
  record Accepted(CommandId command, long sequence) implements Reply {}

  /**
   * Nothing was done.
   *
   * @param code stable, for programs
   * @param reason what, why and what to do next
   */
  record Refused(CommandId command, long sequence, String code, String reason) implements Reply {}
}
