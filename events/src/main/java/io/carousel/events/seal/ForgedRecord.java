package io.carousel.events.seal;

/** A record that is not what its author signed, or whose author may not write it. */
public final class ForgedRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong with it. */
  public ForgedRecord(String message) {
    super(message);
  }
}
