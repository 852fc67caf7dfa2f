package io.carousel.signer.work;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what was rejected: the first at once, then how many more, once in ten seconds at most. One
 * thread at a time.
 */
final class Rejections {
  private static final Logger LOG = LoggerFactory.getLogger(Rejections.class);
  private static final long EVERY_NANOS = Duration.ofSeconds(10).toNanos();

  private final String family;
  private long unsaid;
  private String last = "";
  private long saidAt = System.nanoTime() - EVERY_NANOS;

  /** Of what comes as that. */
  Rejections(String family) {
    this.family = family;
  }

  void add(String why) {
    unsaid++;
    last = why;
    say();
  }

  /** Says what is still unsaid, if it is time. */
  void say() {
    if (unsaid > 0 && System.nanoTime() - saidAt >= EVERY_NANOS) {
      LOG.warn("rejected {} records that came as a {}, the last: {}", unsaid, family, last);
      unsaid = 0;
      saidAt = System.nanoTime();
    }
  }
}
