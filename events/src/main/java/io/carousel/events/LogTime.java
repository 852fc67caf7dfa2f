package io.carousel.events;

import io.carousel.events.HouseEvent.TimeSetBack;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The time of the log, and what its events tell of clocks that were wrong. Holds are judged by it:
 * none ends early because of a clock that ran ahead for less than {@link #SETTLED}, or that was
 * behind when the hold began. A value; before the first event it is {@link #START}.
 *
 * @param now of the last event
 * @param latest the latest time of any event; later than {@code now} while it is not known whether
 *     the clocks were ahead or are behind
 * @param leap the last one, for as long as it matters
 * @param setBack when it was last set back
 */
public record LogTime(Instant now, Instant latest, Optional<Leap> leap, Optional<SetBack> setBack) {
  /** Before the first event. */
  public static final LogTime START =
      new LogTime(Instant.EPOCH, Instant.EPOCH, Optional.empty(), Optional.empty());

  /** How long nothing that cannot be undone happens after a leap. */
  public static final Duration SETTLED = Duration.ofDays(1);

  /** A longer time between two events is a leap: the house stood still, or a clock is wrong. */
  private static final Duration LEAP = Duration.ofDays(2);

  private static final Duration FORGOTTEN = Duration.ofDays(30);

  /** Two events far from each other. */
  public record Leap(Instant before, Instant after) {}

  /** That the log went on by an earlier time. */
  public record SetBack(Instant from, Instant to) {}

  /** After one more event. */
  public LogTime after(Event event) {
    return event instanceof TimeSetBack e ? setBack(e.at()) : at(event.at());
  }

  /** When that moment comes without any event before it. */
  public LogTime at(Instant next) {
    boolean leaps = !now.equals(Instant.EPOCH) && Duration.between(now, next).compareTo(LEAP) > 0;
    Optional<Leap> last =
        leaps
            ? Optional.of(new Leap(now, next))
            : leap.filter(l -> next.isBefore(l.after().plus(FORGOTTEN)));
    return new LogTime(next, next.isAfter(latest) ? next : latest, last, setBack);
  }

  private LogTime setBack(Instant to) {
    return new LogTime(
        to,
        aheadSince(to).isPresent() ? to : latest,
        Optional.empty(),
        Optional.of(new SetBack(now, to)));
  }

  /**
   * From which time on the events are of a clock that ran ahead, when the log's time is set back to
   * that; empty if the events do not show it, and the clocks may be behind now.
   */
  public Optional<Instant> aheadSince(Instant to) {
    return leap.filter(l -> !to.isBefore(l.before())).map(Leap::after);
  }

  /** Until when nothing that cannot be undone may happen; empty if it may. */
  public Optional<Instant> unsettledUntil() {
    return leap.map(l -> l.after().plus(SETTLED)).filter(now::isBefore);
  }
}
