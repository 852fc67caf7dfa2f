package io.carousel.agent.http;

import io.carousel.agent.Habits;
import io.carousel.agent.HouseException;
import io.carousel.agent.Retry;
import io.carousel.events.AuthorityName;
import io.carousel.events.TrustBundle;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bundles of one authority as a house tells them, by a stream that is opened again whenever it
 * ends. Thread-safe; a thread of its own reads.
 */
final class BundleStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BundleStream.class);
  private static final String BUNDLE = "bundle";

  /** A house that has nothing to say says so every ten seconds. */
  static final Duration SILENCE = Duration.ofSeconds(25);

  /** Within that a house that is well has begun; what follows is longer than a poll would take. */
  private static final long OPENING = Duration.ofSeconds(2).toNanos();

  /** One that has lasted so long did not fail when it ends. */
  private static final long LASTED = Duration.ofSeconds(20).toNanos();

  private final HttpHouse house;
  private final AuthorityName authority;
  private final Habits habits;
  private final long silence;
  private final Retry opening;
  private final Thread reader;
  private final Lock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  // All guarded by the lock.
  private Optional<TrustBundle> newest = Optional.empty();
  private Optional<InputStream> body = Optional.empty();
  private long after;
  private boolean closed;

  /** Nothing would be heard now. */
  private boolean down;

  /** It is down then, unless something is heard before; by the nanosecond clock. */
  private long aliveUntil;

  /**
   * One that is opened at once.
   *
   * @param silence after which it is given up
   */
  BundleStream(
      HttpHouse house, AuthorityName authority, long after, Habits habits, Duration silence) {
    this.house = house;
    this.authority = authority;
    this.after = after;
    this.habits = habits;
    this.silence = silence.toNanos();
    this.opening = new Retry(habits);
    this.aliveUntil = System.nanoTime() + OPENING;
    this.reader = Thread.ofVirtual().name("bundles-" + authority).start(this::read);
  }

  /**
   * Waits until the house has told a bundle whose sequence is greater than that.
   *
   * @return it; empty when the wait is over, or as soon as nothing can be heard
   */
  Optional<TrustBundle> newerThan(long sequence, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    lock.lock();
    try {
      after = sequence;
      while (true) {
        Optional<TrustBundle> newer = newest.filter(b -> b.sequence() > sequence);
        long now = System.nanoTime();
        giveUpIfSilent(now);
        if (newer.isPresent() || down || deadline - now <= 0) {
          return newer;
        }
        news.awaitNanos(Math.min(deadline - now, aliveUntil - now));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether a bundle would be heard now. */
  boolean isAlive() {
    lock.lock();
    try {
      giveUpIfSilent(System.nanoTime());
      return !down;
    } finally {
      lock.unlock();
    }
  }

  /** Gives up a stream that has fallen silent. */
  private void giveUpIfSilent(long now) {
    if (!down && now - aliveUntil >= 0) {
      body.ifPresent(BundleStream::cut);
      body = Optional.empty();
      down = true;
    }
  }

  private static void cut(InputStream silent) {
    try {
      silent.close();
    } catch (IOException e) {
      LOG.debug("a stream that was given up did not close", e);
    }
  }

  private void read() {
    try {
      while (!isClosed()) {
        Thread.sleep(opening.pause());
        follow();
      }
    } catch (InterruptedException e) {
      // It has been closed.
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void follow() throws InterruptedException {
    long began = System.nanoTime();
    Optional<Duration> asked = Optional.empty();
    try (InputStream opened = opened()) {
      read(opened);
    } catch (HouseException e) {
      asked = e.retryAfter();
      LOG.debug("'{}' is polled: {}", authority, e.getMessage());
    } catch (IOException e) {
      LOG.debug("the stream of '{}' broke off", authority, e);
    } catch (RuntimeException e) {
      LOG.warn("the stream of '{}' failed in a way that should not be", authority, e);
    } finally {
      ended();
    }
    if (System.nanoTime() - began >= LASTED) {
      opening.succeeded();
      // Many may have been cut off with this one.
      opening.later(habits.afterChange());
    } else {
      opening.failed(asked);
    }
  }

  private InputStream opened() throws HouseException, InterruptedException, IOException {
    long from;
    lock.lock();
    try {
      // What the caller would not have is told again: it may be another by then.
      from = after;
      aliveUntil = System.nanoTime() + OPENING;
      down = false;
    } finally {
      lock.unlock();
    }
    InputStream opened = house.bundles(authority, from);
    lock.lock();
    try {
      if (closed) {
        opened.close();
      }
      body = Optional.of(opened);
      down = false;
      aliveUntil = System.nanoTime() + OPENING;
    } finally {
      lock.unlock();
    }
    return opened;
  }

  private void read(InputStream opened) throws IOException, HouseException, InterruptedException {
    var events = new EventReader(opened, HttpHouse.ANSWER_LIMIT, this::heard);
    for (var event = events.next(); event.isPresent(); event = events.next()) {
      if (event.get().type().equals(BUNDLE)) {
        take(house.told(event.get().data()));
      }
    }
  }

  private void heard() {
    lock.lock();
    try {
      aliveUntil = System.nanoTime() + silence;
    } finally {
      lock.unlock();
    }
  }

  private void take(TrustBundle told) {
    lock.lock();
    try {
      newest = Optional.of(told);
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    lock.lock();
    try {
      body = Optional.empty();
      down = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      body.ifPresent(BundleStream::cut);
    } finally {
      lock.unlock();
    }
    reader.interrupt();
  }
}
