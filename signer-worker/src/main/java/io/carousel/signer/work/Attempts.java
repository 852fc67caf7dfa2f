package io.carousel.signer.work;

import io.carousel.events.Attempt;
import java.util.List;

/** Where it is written what may be signed, before it is. */
@FunctionalInterface
public interface Attempts {
  /**
   * Returns once it is durable.
   *
   * @return the id of its record, which the answers name
   * @throws InterruptedException if this worker stops first; then nothing is signed
   */
  String begin(List<Attempt.Item> items) throws InterruptedException;
}
