package io.carousel.signer.refusal;

/** A command that is not carried out. The message says what and why. */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final Refusal why;

  /** Says no, and why in words. */
  public Refused(Refusal why, String message) {
    this(why, message, null);
  }

  /** Says no, and keeps the cause. */
  public Refused(Refusal why, String message, Throwable cause) {
    super(message, cause);
    this.why = why;
  }

  /** Why, for programs. */
  public Refusal why() {
    return why;
  }
}
