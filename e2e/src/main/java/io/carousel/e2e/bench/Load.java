package io.carousel.e2e.bench;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.orchestrator.credential.CredentialDesk;
import io.carousel.orchestrator.credential.Entitlement;
import io.carousel.orchestrator.desk.Declined;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Callers who want certificates, each on a thread of its own, as HTTP requests would be. Their keys
 * were made, and their requests checked, beforehand.
 */
final class Load {
  private static final int KEYS = 64;
  private static final long SEED = 20_250_101;
  private static final Duration BACK_SOON = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration STRETCH = Duration.ofSeconds(4);

  /** The share of a processor at which compilers are quiet. */
  private static final double COMPILING = 0.03;

  private final CredentialDesk desk;
  private final List<Entitlement> wanted = new ArrayList<>();
  private final LongAdder away = new LongAdder();
  private final AtomicReference<RuntimeException> fault = new AtomicReference<>();

  Load(CredentialDesk desk, AuthorityName authority) {
    this.desk = desk;
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      for (int i = 0; i < KEYS; i++) {
        byte[] key = generator.generateKeyPair().getPublic().getEncoded();
        wanted.add(
            new Entitlement(
                new ParticipantName("bench-" + i),
                Digest.of(key),
                authority,
                Format.X509,
                Profile.CLIENT,
                Bytes.of(key),
                List.of(),
                Optional.empty()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  private void issue(long i) {
    try {
      while (!issued(i)) {
        away.increment();
        LockSupport.parkNanos(BACK_SOON.toNanos());
      }
    } catch (RuntimeException e) {
      fault.compareAndSet(null, e);
      throw e;
    }
  }

  /** False if the slot has all it can carry, and the caller is to come back. */
  private boolean issued(long i) {
    try {
      var _ = desk.issue(wanted.get((int) (i % KEYS)));
      return true;
    } catch (Declined e) {
      if (e.code().equals("slot-busy")) {
        return false;
      }
      throw e;
    }
  }

  /** How often somebody was sent away by a slot that had all it could carry. */
  long sentAway() {
    return away.sum();
  }

  private void check() {
    if (fault.get() != null) {
      throw new IllegalStateException("a certificate was not issued", fault.get());
    }
  }

  /** What was done in a stretch of time. */
  record Done(long certificates, long nanos) {
    double perSecond() {
      return certificates * 1e9 / nanos;
    }
  }

  /** What happens while callers come without pause. */
  interface During {
    void run(AtomicLong issued) throws Exception;
  }

  /** So many callers, each of whom comes back at once, for as long as the other takes. */
  void closed(int callers, During during) throws Exception {
    var issued = new AtomicLong();
    var next = new AtomicLong();
    Thread here = Thread.currentThread();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var stop = new AtomicReference<>(false);
      for (int i = 0; i < callers; i++) {
        threads.execute(() -> {
          while (!stop.get() && fault.get() == null) {
            issue(next.getAndIncrement());
            issued.getAndIncrement();
          }
          LockSupport.unpark(here);
        });
      }
      try {
        during.run(issued);
      } finally {
        stop.set(true);
      }
    }
    check();
  }

  /** How many are issued in that time. */
  Done measured(AtomicLong issued, Duration time) {
    long began = System.nanoTime();
    long before = issued.get();
    long end = began + time.toNanos();
    for (long left = time.toNanos(); left > 0 && fault.get() == null; ) {
      LockSupport.parkNanos(left);
      left = end - System.nanoTime();
    }
    check();
    return new Done(issued.get() - before, System.nanoTime() - began);
  }

  /**
   * Waits until so many are issued and the compilers of this process, which has the most code to
   * run, took little of a stretch of time; or until time is up. What lives for months is measured
   * as it will be for months.
   */
  void warmUp(AtomicLong issued, long number, Duration most) {
    long end = System.nanoTime() + most.toNanos();
    boolean busy = true;
    while ((busy || issued.get() < number) && System.nanoTime() - end < 0) {
      long before = compiling();
      measured(issued, STRETCH);
      busy = isBusy(before);
    }
  }

  /** The same for callers who come at random, so many a second: other code is hot then. */
  void warmUp(double perSecond, Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    boolean busy = true;
    while (busy && System.nanoTime() - end < 0) {
      long before = compiling();
      open(perSecond, STRETCH);
      busy = isBusy(before);
    }
  }

  private static long compiling() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  private static boolean isBusy(long before) {
    return compiling() - before > STRETCH.toMillis() * COMPILING;
  }

  /** Waits until so many are issued. */
  void await(AtomicLong issued, long number) {
    while (issued.get() < number) {
      check();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /**
   * Callers who come at random, as many a second as asked, whether or not those before them were
   * served (a Poisson process); each one's time runs from when it was due, also if it could not
   * come then.
   *
   * @return nanoseconds, sorted
   */
  long[] open(double perSecond, Duration time) throws InterruptedException {
    var chance = new Random(SEED);
    int most = (int) (perSecond * time.toSeconds() * 1.2) + 100;
    long[] took = new long[most];
    long began = System.nanoTime();
    double due = 0;
    int asked = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      while (due < time.toNanos() && asked < most && fault.get() == null) {
        long at = began + (long) due;
        for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        int number = asked++;
        threads.execute(() -> {
          issue(number);
          took[number] = System.nanoTime() - at;
        });
        due += -Math.log(1 - chance.nextDouble()) / perSecond * 1e9;
      }
      threads.shutdown();
      if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("not all who came were served");
      }
    }
    check();
    long[] sorted = Arrays.copyOf(took, asked);
    Arrays.sort(sorted);
    return sorted;
  }
}
