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
  }

  /** Throws {@link Cut} if the owner dies here. */
  void at(Point point);

  /** Nobody dies. */
  Cuts NONE = point -> {};
}
