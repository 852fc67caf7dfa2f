package io.carousel.deploy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** SIGTERM, SIGINT and SIGHUP: asks the work to end, and lets the process end when it has. */
final class Signals {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private Signals() {}

  /**
   * The result of the work.
   *
   * @param stop asks it to end early; called on another thread
   * @param status the process's, if it was stopped by a signal
   */
  static int run(Runnable stop, int status, Callable<Integer> work) throws Exception {
    var ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ended.getCount() > 0) {
                    stop.run();
                    await(ended);
                    Runtime.getRuntime().halt(status);
                  }
                },
                "stop"));
    try {
      return work.call();
    } finally {
      ended.countDown();
    }
  }

  private static void await(CountDownLatch ended) {
    try {
      if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
