package io.carousel.signer.token;

/** The answer is no, and would be no again. The token is as it was before the call. */
public final class TokenRefused extends TokenException {
  /** Why not. */
  public enum Reason {
    /** No whole key pair has that id. */
    NO_SUCH_KEY,
    /** A key with that id is there already. */
    ID_TAKEN,
    /** Several keys have that id, so none of them is used. */
    ID_AMBIGUOUS,
    /** The token cannot make or use keys of that suite. */
    SUITE_UNSUPPORTED,
    /** The key is of another suite. */
    SUITE_DIFFERS,
    /** The key has another public key. */
    PUBLIC_KEY_DIFFERS,
    /** The token made a key that was less protected than asked; it has been destroyed. */
    KEY_NOT_AS_ASKED,
    /** The token returned something that cannot be a signature of that suite. */
    SIGNATURE_MALFORMED,
    /** The token rejected the request itself; the message has its reason. */
    REQUEST_REJECTED,
    /** The token has been closed. */
    CLOSED
  }

  private final Reason reason;

  /** Says what is refused and why. */
  public TokenRefused(Reason reason, String message) {
    this(reason, message, null);
  }

  /** Says what is refused and why, and keeps the cause. */
  public TokenRefused(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why not. */
  public Reason reason() {
    return reason;
  }
}
