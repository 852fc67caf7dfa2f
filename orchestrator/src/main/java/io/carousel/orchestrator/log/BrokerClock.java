package io.carousel.orchestrator.log;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the owner's clock against its broker's, which stamps every act. An owner whose clock is
 * wrong must not end a hold or destroy a key because of it. The stamp is not signed: whoever
 * controls Kafka can hold up by it what time alone would do, and cannot bring it about. One thread.
 */
final class BrokerClock {
  /** More than this is no network's fault. */
  static final Duration TOLERANCE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(BrokerClock.class);
  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

  private long saidAt = System.nanoTime() - SAY_AGAIN.toNanos();

  /** Whether two clocks show the same, as far as clocks of two machines can. */
  static boolean agree(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(TOLERANCE) <= 0;
  }

  /**
   * Whether an owner that decides at that time, by the clock of the rules, may let something happen
   * by time alone. An act that waited so long in the topic does not say; the owner asks another.
   *
   * @param stamped when the broker took the act
   */
  boolean agreesWith(Instant now, Instant stamped) {
    if (agree(now, stamped)) {
      return true;
    }
    if (System.nanoTime() - saidAt >= SAY_AGAIN.toNanos()) {
      saidAt = System.nanoTime();
      LOG.warn(
          "It is {} here, and {} at the Kafka broker: nothing happens by time alone, no hold ends and no key is destroyed, until they agree within {} s; set the clocks right",
          now,
          stamped,
          TOLERANCE.toSeconds());
    }
    return false;
  }
}
