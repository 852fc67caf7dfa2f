package io.carousel.orchestrator.http;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections for as long as it is not stopped. Where it cannot for a moment, as when the
 * process has no file left, it makes room and goes on; where it never can again, it says so.
 */
final class Acceptor extends ServerConnector {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

  /** So many may wait to be accepted; the kernel has a bound of its own. */
  private static final int WAITING = 1_024;

  private static final int ROOM = 16;
  private static final long PAUSE_MILLIS = 100;
  private static final long QUIET_NANOS = 10_000_000_000L;

  private final Connections connections;
  private final Consumer<String> broken;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile Thread accepting;
  private long toldAt = System.nanoTime() - QUIET_NANOS;

  Acceptor(
      Server server,
      Connections connections,
      Consumer<String> broken,
      ConnectionFactory[] factories) {
    super(server, null, null, null, 1, 1, factories);
    this.connections = connections;
    this.broken = broken;
    setAcceptQueueSize(WAITING);
    setAcceptorPriorityDelta(0);
  }

  @Override
  public void accept(int id) throws IOException {
    accepting = Thread.currentThread();
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    super.accept(id);
  }

  @Override
  protected boolean handleAcceptFailure(Throwable failure) {
    if (over.get() || !isRunning()) {
      return false;
    }
    if (!isOpen()) {
      giveUp(failure.toString());
      return false;
    }
    try {
      tell(failure);
      connections.makeRoom(ROOM);
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      // Whoever stops it has said so by now; else it goes on.
      LOG.debug("interrupted", e);
    }
    return true;
  }

  private void tell(Throwable failure) {
    long now = System.nanoTime();
    if (now - toldAt >= QUIET_NANOS) {
      toldAt = now;
      LOG.warn(
          "no connection can be accepted on port {} for the moment ({}); {} are open",
          getLocalPort(),
          failure.getMessage(),
          connections.count());
    }
  }

  /** Sees whether it still accepts. */
  void look() {
    Thread now = accepting;
    if (!over.get() && isStarted() && (!isOpen() || (now != null && !now.isAlive()))) {
      giveUp("what accepts connections has ended");
    }
  }

  private void giveUp(String why) {
    if (over.compareAndSet(false, true)) {
      String text =
          "connections are accepted no more on port %d (%s); start again"
              .formatted(getLocalPort(), why);
      LOG.error("{}", text);
      broken.accept(text);
    }
  }

  /** From now on nothing is wrong with it when it ends. */
  void stopping() {
    over.set(true);
  }
}
