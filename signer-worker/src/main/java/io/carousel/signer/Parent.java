package io.carousel.signer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The process that started this one and holds the other end of its standard input. */
final class Parent {
  /** The broker may have gone with the parent; nothing of what is in hand can be finished then. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Parent() {}

  /**
   * Asks this process to end once the stream has ended, and ends it if it does not: when the parent
   * dies, however it dies, the pipe closes.
   */
  static void endsWith(InputStream in, Runnable stop) {
    Thread.ofPlatform().name("parent").daemon().start(() -> follow(in, stop));
  }

  private static void follow(InputStream in, Runnable stop) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // gone as well
    }
    stop.run();
    try {
      TimeUnit.NANOSECONDS.sleep(PATIENCE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(Exit.DONE.code());
  }
}
