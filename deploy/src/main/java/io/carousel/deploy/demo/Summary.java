package io.carousel.deploy.demo;

import java.util.List;

/**
 * What came out of a demo; with {@code --json} this object is printed.
 *
 * @param signatures by the HSMs, of which the results were recorded: credentials, CA certificates,
 *     CRLs and proofs that a new key is there
 * @param events in the log
 * @param seconds from the start of the process to this summary
 */
public record Summary(
    Handshakes handshakes,
    List<Control> controls,
    long signatures,
    long events,
    List<Rotation> rotations,
    List<Token> tokens,
    Replayed replay,
    Memory memory,
    double firstRotationAfter,
    double seconds) {
  /** Copies. */
  public Summary {
    controls = List.copyOf(controls);
    rotations = List.copyOf(rotations);
    tokens = List.copyOf(tokens);
  }

  /**
   * Exchanges of the fleet.
   *
   * @param made all of them
   * @param failed of those
   * @param resumed succeeded over a resumed session
   * @param full succeeded over a full handshake
   */
  public record Handshakes(long made, long failed, long resumed, long full) {}

  /**
   * Something wrong that was done on purpose.
   *
   * @param detected whether the exchange failed as it must, and the fleet's counters counted it
   * @param how it failed; or why that is not enough
   */
  public record Control(String name, boolean detected, String how) {}

  /**
   * A rotation.
   *
   * @param outcome {@code completed} or {@code rolled-back}
   * @param killed the slot whose worker was killed in it, and in which phase
   */
  public record Rotation(String outcome, List<Lap> phases, Killed killed) {
    /** Copies. */
    public Rotation {
      phases = List.copyOf(phases);
    }

    double seconds() {
      return phases.stream().mapToDouble(Lap::seconds).sum();
    }
  }

  /** A phase and how long it took. */
  public record Lap(String name, double seconds) {}

  /** A SIGKILL. */
  public record Killed(String slot, String phase) {}

  /**
   * The keys on a token.
   *
   * @param before ids before the first rotation
   * @param after ids at the end
   * @param recorded whether those at the end are exactly those that the log knows of
   */
  public record Token(String slot, List<String> before, List<String> after, boolean recorded) {
    /** Copies. */
    public Token {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /**
   * The log, read once more by a reader of its own.
   *
   * @param equal whether its state equals the live one byte for byte
   */
  public record Replayed(boolean equal, double eventsPerSecond) {}

  /**
   * Memory.
   *
   * @param residentMiB of all processes together, at most
   */
  public record Memory(long residentMiB) {}

  /** Whether all that was to be shown was shown. */
  public boolean passed() {
    return handshakes.made() > 0
        && handshakes.failed() == 0
        && !controls.isEmpty()
        && controls.stream().allMatch(Control::detected)
        && replay.equal();
  }
}
