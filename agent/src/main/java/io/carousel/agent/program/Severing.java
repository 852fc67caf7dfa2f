package io.carousel.agent.program;

import io.carousel.agent.output.AuthorityOutputs;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends connections from before a CA left, whose time has come. */
final class Severing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Severing.class);
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AuthorityOutputs outputs;
  private Thread thread;

  private Severing(AuthorityOutputs outputs) {
    this.outputs = outputs;
  }

  static Severing start(AuthorityOutputs outputs) {
    var severing = new Severing(outputs);
    severing.thread =
        Thread.ofVirtual().name("connections of " + outputs.authority()).start(severing::run);
    return severing;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        once();
      }
    } catch (InterruptedException e) {
      LOG.debug("connections of '{}' are ended no more", outputs.authority());
    }
  }

  private void once() throws InterruptedException {
    try {
      outputs.sever();
    } catch (RuntimeException e) {
      LOG.error("connections of authority '{}' make trouble", outputs.authority(), e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(PATIENCE);
  }
}
