package io.carousel.orchestrator.log;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what of a topic was passed over since nobody enrolled has signed it: the first at once, then
 * how many more, once a minute at most. One thread at a time.
 */
final class PassedOver {
  private static final Logger LOG = LoggerFactory.getLogger(PassedOver.class);
  private static final long EVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private final String topic;
  private long unsaid;
  private long saidAt = System.nanoTime() - EVERY_NANOS;

  PassedOver(String topic) {
    this.topic = topic;
  }

  void add(int partition, long offset, String why) {
    unsaid++;
    if (System.nanoTime() - saidAt >= EVERY_NANOS) {
      LOG.warn(
          "{}: {} records passed over, the last in partition {} at offset {}: {}",
          topic,
          unsaid,
          partition,
          offset,
          why);
      unsaid = 0;
      saidAt = System.nanoTime();
    }
  }
}
