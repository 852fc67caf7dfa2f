package io.carousel.orchestrator.log;

import io.carousel.events.seal.ImpossibleHistory;

/** Is told what an instance's part in the log is. Called by the log's thread; must not block. */
public interface Watcher {
  /** What this instance does now. */
  default void standing(Standing standing) {}

  /** The log says what cannot have been. The log has stopped; the process must. */
  void impossible(ImpossibleHistory history);

  /** The log cannot go on for another reason, and has stopped; the process must. */
  void failed(Throwable cause);
}
