package io.carousel.agent;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * How a participant goes about its work.
 *
 * @param heartbeat longest time between two reports
 * @param longPoll longest time that it waits for news in one call
 * @param firstRetry the mean of the first pause after a failure; doubles with each failure
 * @param lastRetry the longest such pause
 * @param spread what a change asks of a participant that serves already is done at some moment of
 *     so long: whoever waits for the same change has heard of it by then, and a fleet does not want
 *     everything at once. Its trust is taken without delay
 * @param clock tells when credentials are due; pauses do not depend on it
 * @param random spreads what would otherwise happen at once; must be thread-safe
 */
public record Habits(
    Duration heartbeat,
    Duration longPoll,
    Duration firstRetry,
    Duration lastRetry,
    Duration spread,
    InstantSource clock,
    RandomGenerator random) {

  /** The share of a credential's lifetime after which it is renewed at the latest. */
  static final double RENEW_AT_LATEST = 2.0 / 3;

  /** The share of a credential's lifetime over which a fleet's renewals are spread. */
  static final double RENEW_SPREAD = 0.05;

  /**
   * Reports every 20 s, polls for 30 s, retries after a fifth of a second to ten seconds, and
   * spreads what a change asks for over three seconds.
   */
  public static Habits usual() {
    return new Habits(
        Duration.ofSeconds(20),
        Duration.ofSeconds(30),
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        Duration.ofSeconds(3),
        InstantSource.system(),
        new SecureRandom());
  }

  /** The share of a lifetime after which one credential is renewed; differs from call to call. */
  double renewAfter() {
    return RENEW_AT_LATEST - random.nextDouble() * RENEW_SPREAD;
  }

  /** How long one participant waits after a change; differs from call to call. */
  public Duration afterChange() {
    return Duration.ofNanos((long) (spread.toNanos() * random.nextDouble()));
  }
}
