package io.carousel.events;

/**
 * One participant that a step breaks, though it was heard lately; an operator accepted that by
 * name.
 *
 * @param what breaks, in words, as {@code presents x509 of generation 1, which client-1 refuses}
 */
public record Breakage(ParticipantName participant, String what) {
  /** Longest text of what breaks; characters. */
  public static final int TEXT_LIMIT = 300;

  /** Makes the text fit for a terminal. */
  public Breakage {
    what = Identifier.plain(what, TEXT_LIMIT);
  }
}
