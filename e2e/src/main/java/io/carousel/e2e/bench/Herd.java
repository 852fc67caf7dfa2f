package io.carousel.e2e.bench;

import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The house as many participants of one machine see it: over so many connections and no more, and
 * one of them waits for news in the place of all. Whatever is new each fetches for itself, and all
 * that it says it says itself.
 */
final class Herd implements House, AutoCloseable {
  private static final Duration LONG_POLL = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final House house;
  private final Semaphore connections;
  private final AuthorityName authority;
  private final Thread scout;
  private final Lock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private long newest;

  private final LongAdder reports = new LongAdder();
  private final LongAdder credentials = new LongAdder();
  private final LongAdder bundles = new LongAdder();
  private final LongAdder turnedAway = new LongAdder();

  /** Of that house, with that one authority in mind. */
  Herd(House house, AuthorityName authority, int connections) {
    this.house = house;
    this.authority = authority;
    this.connections = new Semaphore(connections, true);
    this.scout = Thread.ofVirtual().name("scout").start(this::lookOut);
  }

  private void lookOut() {
    try {
      while (!Thread.interrupted()) {
        try {
          Optional<TrustBundle> next = house.bundle(authority, seen(), LONG_POLL);
          next.ifPresent(this::tell);
        } catch (HouseException e) {
          Thread.sleep(AGAIN);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long seen() {
    lock.lock();
    try {
      return newest;
    } finally {
      lock.unlock();
    }
  }

  private void tell(TrustBundle bundle) {
    lock.lock();
    try {
      newest = Math.max(newest, bundle.sequence());
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What was said so far. */
  record Said(double reports, double credentials, double bundles, double turnedAway) {
    /** Whatever came of them. */
    double calls() {
      return reports + credentials + bundles + turnedAway;
    }

    Said since(Said before) {
      return new Said(
          reports - before.reports,
          credentials - before.credentials,
          bundles - before.bundles,
          turnedAway - before.turnedAway);
    }
  }

  Said said() {
    return new Said(reports.sum(), credentials.sum(), bundles.sum(), turnedAway.sum());
  }

  @Override
  public HouseId id() throws HouseException, InterruptedException {
    return house.id();
  }

  @Override
  public Enrolled enrol(EnrolmentRequest request) {
    throw new UnsupportedOperationException("the operator enrols them");
  }

  @Override
  public Optional<TrustBundle> bundle(AuthorityName of, long newerThan, Duration wait)
      throws HouseException, InterruptedException {
    if (!isNewer(newerThan, wait)) {
      return Optional.empty();
    }
    Optional<TrustBundle> next = called(() -> house.bundle(of, newerThan, Duration.ZERO));
    bundles.increment();
    return next;
  }

  private boolean isNewer(long than, Duration wait) throws InterruptedException {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (newest <= than) {
        if (left <= 0) {
          return false;
        }
        left = news.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Credential request(CredentialRequest request) throws HouseException, InterruptedException {
    Credential issued = called(() -> house.request(request));
    credentials.increment();
    return issued;
  }

  @Override
  public void report(Report report) throws HouseException, InterruptedException {
    called(() -> {
      house.report(report);
      return null;
    });
    reports.increment();
  }

  @FunctionalInterface
  private interface Asking<T> {
    T ask() throws HouseException, InterruptedException;
  }

  private <T> T called(Asking<T> asking) throws HouseException, InterruptedException {
    connections.acquire();
    try {
      return asking.ask();
    } catch (HouseException e) {
      turnedAway.increment();
      throw e;
    } finally {
      connections.release();
    }
  }

  @Override
  public void close() {
    scout.interrupt();
  }
}
