package io.carousel.signer.token;

/**
 * The token cannot be reached now, and may be later. Whether the call took effect is unknown: look
 * before repeating it.
 */
public final class TokenUnavailable extends TokenException {
  /** Says what could not be done, and keeps why. */
  public TokenUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
