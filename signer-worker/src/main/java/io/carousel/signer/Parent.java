package io.carousel.signer;

import java.io.IOException;
import java.io.InputStream;

/** The process that started this one and holds the other end of its standard input. */
final class Parent {
  private Parent() {}

  /**
   * Runs that once the stream has ended: when the parent dies, however it dies, the pipe closes.
   */
  static void whenGone(InputStream in, Runnable then) {
    Thread.ofPlatform()
        .name("parent")
        .daemon()
        .start(() -> {
          try {
            in.transferTo(java.io.OutputStream.nullOutputStream());
          } catch (IOException e) {
            // gone as well
          }
          then.run();
        });
  }
}
