package io.carousel.orchestrator.log;

/**
 * Where a term can be cut off. Tests kill an owner there, before and after each effect; else
 * nothing happens.
 */
interface Cuts {
  /** What the owner is about to do. */
  enum Point {
    FENCE,
    REPLAY,
    TERM,
    DECIDE,
    SEND,
    OFFSETS,
    COMMIT,
    PUBLISH,
    DONE
  }

  /** The owner dies. */
  final class Cut extends Error {
    private static final long serialVersionUID = 1L;
    final boolean noticed;

    /**
     * @param noticed whether its group hears of it at once, and need not wait for its heartbeats
     */
    Cut(boolean noticed) {
      this.noticed = noticed;
    }
  }

  /** Throws {@link Cut} if the owner dies here. */
  void at(Point point);

  /** Nobody dies. */
  Cuts NONE = point -> {};
}
