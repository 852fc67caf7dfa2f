package io.carousel.e2e.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody who calls again and again, and how long each answer took. */
final class Probe implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final Call call;
  private final Thread caller;
  private final AtomicInteger failed = new AtomicInteger();
  // Guarded by this.
  private final List<Long> nanos = new ArrayList<>();

  /** One call; it fails, or is answered as it should be. */
  interface Call {
    void once() throws IOException, InterruptedException;
  }

  /**
   * What was measured.
   *
   * @param millis the middle of the times
   * @param slow so that 95 of 100 took less; milliseconds
   */
  record Times(int calls, int failed, double millis, double slow) {}

  private Probe(Call call) {
    this.call = call;
    this.caller = Thread.ofVirtual().start(this::run);
  }

  static Probe of(Call call) {
    return new Probe(call);
  }

  private void run() {
    try {
      while (!Thread.interrupted()) {
        once();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once() throws InterruptedException {
    long from = System.nanoTime();
    try {
      call.once();
    } catch (IOException e) {
      failed.incrementAndGet();
    }
    synchronized (this) {
      nanos.add(System.nanoTime() - from);
    }
  }

  /** What was measured since the last time that somebody asked. */
  synchronized Times times() {
    List<Long> sorted = nanos.stream().sorted().toList();
    nanos.clear();
    return new Times(sorted.size(), failed.getAndSet(0), at(sorted, 0.5), at(sorted, 0.95));
  }

  private static double at(List<Long> sorted, double part) {
    return sorted.isEmpty()
        ? 0
        : sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * part))) / 1e6;
  }

  @Override
  public void close() throws InterruptedException {
    caller.interrupt();
    caller.join();
  }
}
