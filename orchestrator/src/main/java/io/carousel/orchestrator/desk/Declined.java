package io.carousel.orchestrator.desk;

import java.time.Duration;
import java.util.Optional;

/** Something was not done. */
public final class Declined extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of problem it is. */
  public enum Kind {
    /** What was asked makes no sense; asking again changes nothing. */
    INVALID,
    /** Who asked is not who it must be. */
    FORBIDDEN,
    /** There is no such thing. */
    NOT_FOUND,
    /** The state of things does not allow it now. */
    CONFLICT,
    /** Not now; asking again later may help. */
    UNAVAILABLE
  }

  private final Kind kind;
  private final String code;
  private final transient Optional<Duration> retryAfter;

  /** Declined for good, or until something changes. */
  public Declined(Kind kind, String code, String message) {
    this(kind, code, message, Optional.empty());
  }

  /**
   * Declined.
   *
   * @param code stable, for programs
   * @param message what, why and what to do next
   * @param retryAfter when asking again may help
   */
  public Declined(Kind kind, String code, String message, Optional<Duration> retryAfter) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** What kind of problem it is. */
  public Kind kind() {
    return kind;
  }

  /** Stable, for programs. */
  public String code() {
    return code;
  }

  /** When asking again may help. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
