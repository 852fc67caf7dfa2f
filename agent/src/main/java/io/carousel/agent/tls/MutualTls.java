package io.carousel.agent.tls;

import io.carousel.agent.Installation;
import io.carousel.agent.Material;
import io.carousel.agent.UnfitMaterial;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One participant's TLS for one authority: what its connections show and whom they trust. Material
 * is replaced for all connections that begin afterwards; those under way finish with what they
 * began with, and {@link #install} waits for them. Thread-safe.
 */
public final class MutualTls implements Installation {
  private static final Logger LOG = LoggerFactory.getLogger(MutualTls.class);

  private final Duration patience;

  /** Guards {@link #current} and {@link #leases}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final Set<Lease> leases = new HashSet<>();
  private volatile Setting current;

  /**
   * Gives connections under earlier material fifteen seconds to finish: longer than a silent one
   * lasts, so that nothing is cut which still moves.
   */
  public MutualTls() {
    this(Connection.SILENCE.plusSeconds(5));
  }

  /**
   * With a patience of its own.
   *
   * @param patience how long connections under earlier material may take to finish; then they are
   *     closed
   */
  public MutualTls(Duration patience) {
    this.patience = patience;
  }

  /** What is at work; empty before the first material. */
  public Optional<Material> material() {
    return Optional.ofNullable(current).map(Setting::material);
  }

  /**
   * Waits until there is a credential to show.
   *
   * @return whether there is one
   */
  public boolean awaitCredential(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (!ready() && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ready();
    } finally {
      lock.unlock();
    }
  }

  private boolean ready() {
    return current != null && current.material().x509().isPresent();
  }

  @Override
  public void install(Material material) throws UnfitMaterial, InterruptedException {
    Setting next = Setting.of(material);
    lock.lockInterruptibly();
    try {
      current = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    awaitEndOfEarlier();
  }

  private void awaitEndOfEarlier() throws InterruptedException {
    long left = patience.toNanos();
    List<Lease> late;
    lock.lockInterruptibly();
    try {
      while (!earlier().isEmpty() && left > 0) {
        left = changed.awaitNanos(left);
      }
      late = earlier();
    } finally {
      lock.unlock();
    }
    for (Lease lease : late) {
      LOG.info("a connection under earlier material did not end within {}: closed", patience);
      lease.cut();
    }
  }

  /** The lock is held. */
  private List<Lease> earlier() {
    var earlier = new ArrayList<Lease>();
    for (Lease lease : leases) {
      if (lease.setting != current) {
        earlier.add(lease);
      }
    }
    return earlier;
  }

  /**
   * The right to use what is at work now until it is closed.
   *
   * @param connection what to close if it takes too long
   * @return empty if there is no credential to show
   */
  Optional<Lease> lease(Closeable connection) {
    lock.lock();
    try {
      if (!ready()) {
        return Optional.empty();
      }
      var lease = new Lease(current, connection);
      leases.add(lease);
      return Optional.of(lease);
    } finally {
      lock.unlock();
    }
  }

  /** One connection's use of one setting. */
  final class Lease implements AutoCloseable {
    private final Setting setting;
    private final Closeable connection;

    private Lease(Setting setting, Closeable connection) {
      this.setting = setting;
      this.connection = connection;
    }

    /** What the connection works with. */
    Setting setting() {
      return setting;
    }

    /** What new connections work with by now. */
    Setting latest() {
      return current;
    }

    private void cut() {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.debug("closing a late connection", e);
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        leases.remove(this);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
