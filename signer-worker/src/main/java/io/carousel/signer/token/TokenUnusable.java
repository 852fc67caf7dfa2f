package io.carousel.signer.token;

/** The token, its module or its PIN needs an operator. Asking again by itself may do harm. */
public final class TokenUnusable extends TokenException {
  /** What is wrong. */
  public enum Fault {
    /** There is no file at the module's path, or it cannot be read. */
    MODULE_MISSING,
    /** Anyone on the machine may replace the module. */
    MODULE_WORLD_WRITABLE,
    /** The file is no PKCS#11 module, or does not start. */
    MODULE_BROKEN,
    /** No token of that label (and serial number) is present. */
    TOKEN_MISSING,
    /** Several tokens have that label; the serial number must say which. */
    TOKEN_AMBIGUOUS,
    /** The token takes no new keys and destroys none. */
    TOKEN_WRITE_PROTECTED,
    /** There is no PIN file, or it cannot be read. */
    PIN_FILE_MISSING,
    /** Others than its owner may read the PIN file. */
    PIN_FILE_EXPOSED,
    /** The PIN file holds no PIN. */
    PIN_FILE_EMPTY,
    /** The token refused the PIN; it is not tried again. */
    PIN_WRONG,
    /** The token refused the PIN earlier, and an operator has not yet cleared the mark. */
    PIN_MARKED_WRONG,
    /** Few tries are left before the token locks the PIN. */
    PIN_TRIES_LOW,
    /** The token has locked the PIN. */
    PIN_LOCKED,
    /** The PIN has not been set, has expired, or must be changed before use. */
    PIN_NOT_SET
  }

  private final Fault fault;

  /** Says what is wrong, why, and what to do next. */
  public TokenUnusable(Fault fault, String message) {
    this(fault, message, null);
  }

  /** Says what is wrong, why, and what to do next, and keeps the cause. */
  public TokenUnusable(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /** What is wrong. */
  public Fault fault() {
    return fault;
  }
}
