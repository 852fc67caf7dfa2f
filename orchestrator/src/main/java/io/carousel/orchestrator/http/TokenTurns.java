package io.carousel.orchestrator.http;

import io.carousel.events.EnrolmentTokenId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * How many requests by one enrolment token are decided at a time. Twenty hosts that use a token for
 * one would otherwise all look admissible, and all but one be refused in the log. Thread-safe.
 */
final class TokenTurns {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition left = lock.newCondition();
  private final Map<EnrolmentTokenId, Integer> inside = new HashMap<>(); // guarded by lock

  /**
   * Waits for a place, and takes it.
   *
   * @param places there are for that token now; looked at again whenever somebody has left
   * @return whether there was one in that time
   */
  boolean enter(EnrolmentTokenId token, IntSupplier places, Duration patience) {
    long rest = patience.toNanos();
    lock.lock();
    try {
      while (inside.getOrDefault(token, 0) >= Math.max(1, places.getAsInt())) {
        if (rest <= 0) {
          return false;
        }
        rest = left.awaitNanos(rest);
      }
      inside.merge(token, 1, Integer::sum);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the place back. */
  void leave(EnrolmentTokenId token) {
    lock.lock();
    try {
      inside.computeIfPresent(token, (_, n) -> n > 1 ? n - 1 : null);
      left.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
