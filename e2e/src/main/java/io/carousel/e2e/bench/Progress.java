package io.carousel.e2e.bench;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Says how far something is, and what takes long no more than now and then. One thread. */
final class Progress {
  private static final Duration SELDOM = Duration.ofSeconds(10);

  private final String of;
  private final Consumer<String> listener;
  private long told = System.nanoTime();

  Progress(String of, Consumer<String> listener) {
    this.of = of;
    this.listener = listener;
  }

  void say(String step) {
    told = System.nanoTime();
    listener.accept(of + ": " + step);
  }

  void seldom(Supplier<String> step) {
    if (System.nanoTime() - told > SELDOM.toNanos()) {
      say(step.get());
    }
  }
}
