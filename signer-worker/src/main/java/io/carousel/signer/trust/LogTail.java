package io.carousel.signer.trust;

/** The reader that keeps a {@link Roll} at the end of the log. Thread-safe. */
public interface LogTail {
  /**
   * Returns once everything that was in the log when this was called has been read.
   *
   * @throws LogUnreachable if that did not happen in time; nothing is known then, so ask later
   */
  void catchUp() throws LogUnreachable;
}
