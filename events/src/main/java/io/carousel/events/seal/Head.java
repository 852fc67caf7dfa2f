package io.carousel.events.seal;

import io.carousel.events.Digest;

/**
 * How far a log goes.
 *
 * @param sequence of its last record; 0 for an empty log
 * @param hash of its last record; zeros for an empty log
 */
public record Head(long sequence, Digest hash) {
  /** Of a log without records. */
  public static final Head EMPTY = new Head(0, new Digest("0".repeat(64)));
}
