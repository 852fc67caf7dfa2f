package io.carousel.signer.token;

/** How a call on a fake may be lost. */
public enum Fault {
  /** It is not. */
  NONE,
  /** It fails, and nothing has happened. */
  LOST_BEFORE_EFFECT,
  /** It fails, and has happened all the same. */
  LOST_AFTER_EFFECT
}
