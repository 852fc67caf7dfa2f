package io.carousel.signer.refusal;

/**
 * A command that is not carried out. The message says what and why; it is cut where it is too long
 * for a record.
 */
public final class Refused extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MESSAGE_LIMIT = 2_000;

  private final Refusal why;

  /** Says no, and why in words. */
  public Refused(Refusal why, String message) {
    this(why, message, null);
  }

  /** Says no, and keeps the cause. */
  public Refused(Refusal why, String message, Throwable cause) {
    super(cut(message), cause);
    this.why = why;
  }

  private static String cut(String message) {
    return message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT) + "…";
  }

  /** Why, for programs. */
  public Refusal why() {
    return why;
  }
}
