package io.carousel.orchestrator.log;

/**
 * How a state looks in a snapshot. Snapshots are disposable: whatever goes wrong while one is read,
 * the log is replayed instead.
 */
public interface SnapshotCodec<S> {
  /** Its bytes. */
  byte[] write(S state);

  /** The state of those bytes; throws anything if they are not of one. */
  S read(byte[] bytes);
}
