package io.carousel.signer;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** SIGTERM and SIGINT: asks the work to end, and lets the process end when it has. */
final class Signals {
  /** Longer than anything in hand takes; after it, what is in hand comes again to somebody else. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Signals() {}

  /** The result of the work, which a signal stops early. */
  static Exit run(Runnable stop, Supplier<Exit> work) {
    var ended = new CountDownLatch(1);
    var exit = new AtomicReference<>(Exit.FAULT);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.run();
                  await(ended);
                  // The status of a process that ended as asked is 0, not that of the signal.
                  Runtime.getRuntime().halt(exit.get().code());
                },
                "stop"));
    try {
      exit.set(work.get());
      return exit.get();
    } finally {
      ended.countDown();
    }
  }

  private static void await(CountDownLatch ended) {
    try {
      if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
