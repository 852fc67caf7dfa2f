package io.carousel.events;

import java.time.Duration;
import java.util.List;

/**
 * What a worker signs whatever anybody asks, as it says itself.
 *
 * @param leafLifetime the longest of a credential, from begin to end
 * @param caLifetime the longest of a CA certificate, from begin to end
 * @param backdating how far in the past a credential may begin
 * @param adopt whether it takes up keys that it did not make
 */
public record WorkerLimits(
    List<Format> formats,
    List<Suite> suites,
    Duration leafLifetime,
    Duration caLifetime,
    Duration backdating,
    boolean adopt) {
  /** Sorts. */
  public WorkerLimits {
    formats = formats.stream().distinct().sorted().toList();
    suites = suites.stream().distinct().sorted().toList();
  }
}
