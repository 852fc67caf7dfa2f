package io.carousel.signer.trust;

/** The reader that keeps a {@link Roll} at the end of the log. Thread-safe. */
public interface LogTail {
  /**
   * Returns once everything that was in the log when this was called has been read.
   *
   * @throws LogUnreachable if that did not happen in time; nothing is known then, so ask later
   */
  void catchUp() throws LogUnreachable;

  /**
   * The same of what was written by then and may not be committed yet. A transaction becomes
   * visible in one partition before it does in another: a command may be there before the event
   * that ordered it.
   *
   * @throws LogUnreachable also while a transaction stays open
   */
  default void catchUpWithWritten() throws LogUnreachable {
    catchUp();
  }
}
