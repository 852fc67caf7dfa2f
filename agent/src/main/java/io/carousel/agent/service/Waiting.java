package io.carousel.agent.service;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits until a service has done what it was told. */
final class Waiting {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Waiting() {}

  /**
   * Looks again and again until nothing is lacking.
   *
   * @param told what was done, as the beginning of a sentence
   * @param lacking what is not as it should be yet
   * @param next where the reason can be found
   * @throws ServiceFailure if something still is after that time
   */
  static void until(Duration timeout, String told, Supplier<Optional<String>> lacking, String next)
      throws ServiceFailure, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Optional<String> found = lacking.get();
    while (found.isPresent()) {
      if (System.nanoTime() - deadline > 0) {
        throw new ServiceFailure(
            "%s, but after %s %s; %s".formatted(told, Command.text(timeout), found.get(), next));
      }
      Thread.sleep(PAUSE);
      found = lacking.get();
    }
  }
}
