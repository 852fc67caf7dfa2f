package io.carousel.events;

/** Bytes that are no DER (X.690, section 10) of what they should be, or that hold an unsafe key. */
public final class UnreadableDer extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnreadableDer(String message) {
    super(message);
  }
}
