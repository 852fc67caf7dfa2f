package io.carousel.agent;

import java.time.Duration;
import java.util.Optional;

/** The house did not do what it was asked. */
public abstract sealed class HouseException extends Exception {
  private HouseException(String message, Throwable cause) {
    super(message, cause);
  }

  /** How long it asked to be left alone; empty if it did not say. */
  public abstract Optional<Duration> retryAfter();

  /** An unlucky moment: it could not be reached, is too busy, or answered with nonsense. */
  public static final class Unavailable extends HouseException {
    private final Duration retryAfter;

    /** For that reason. */
    public Unavailable(String message, Throwable cause) {
      super(message, cause);
      this.retryAfter = null;
    }

    /** Too busy; may be asked again after that time. */
    public Unavailable(String message, Duration retryAfter) {
      super(message, null);
      this.retryAfter = retryAfter;
    }

    @Override
    public Optional<Duration> retryAfter() {
      return Optional.ofNullable(retryAfter);
    }
  }

  /** It understood and said no: asking again helps only once somebody has changed something. */
  public static final class Refused extends HouseException {
    private final String code;

    /**
     * With the reason it gave.
     *
     * @param code stable, for programs
     * @param next what to do about it; may be empty
     */
    public Refused(String code, String message, String next) {
      super(next.isBlank() ? message : message + "; " + next, null);
      this.code = code;
    }

    /** The reason, for programs. */
    public String code() {
      return code;
    }

    @Override
    public Optional<Duration> retryAfter() {
      return Optional.empty();
    }
  }
}
