package io.carousel.events;

import java.time.Duration;
import java.util.Optional;

/**
 * How an authority signs and how long its keys stay.
 *
 * @param leafLifetime of the credentials it issues
 * @param caLifetime of its CA certificates
 * @param backdating how far notBefore lies in the past, for clocks that lag
 * @param hold from the retirement of a key to its destruction; empty: never destroyed
 */
public record Policy(
    Duration leafLifetime, Duration caLifetime, Duration backdating, Optional<Duration> hold) {

  /** Longest life of a CA certificate, and longest hold. */
  private static final Duration LONGEST = Duration.ofDays(100 * 366);

  /** Credentials for a day, CA certificates for ten years, a minute back, held for a week. */
  public static final Policy DEFAULT =
      new Policy(
          Duration.ofHours(24),
          Duration.ofDays(3650),
          Duration.ofMinutes(1),
          Optional.of(Duration.ofDays(7)));

  /** Refuses lifetimes that cannot work. */
  public Policy {
    if (leafLifetime.compareTo(Duration.ofSeconds(10)) < 0) {
      throw new IllegalArgumentException("credentials must live for at least 10 seconds");
    }
    if (caLifetime.compareTo(LONGEST) > 0
        || hold.filter(h -> h.compareTo(LONGEST) > 0).isPresent()) {
      throw new IllegalArgumentException(
          "a CA certificate lives, and a key is held, for 100 years at most");
    }
    if (leafLifetime.compareTo(caLifetime.dividedBy(2)) > 0) {
      throw new IllegalArgumentException(
          "CA certificates must live at least twice as long as the credentials they sign");
    }
    if (backdating.isNegative() || backdating.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("backdating must be between nothing and one hour");
    }
    if (hold.filter(Duration::isNegative).isPresent()) {
      throw new IllegalArgumentException("the hold cannot be negative");
    }
  }
}
