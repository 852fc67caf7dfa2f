package io.carousel.e2e.bench;

import io.carousel.agent.Habits;
import io.carousel.agent.House;
import io.carousel.agent.HouseException;
import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.http.SubscribedHouse;
import io.carousel.events.AuthorityName;
import io.carousel.events.Credential;
import io.carousel.events.CredentialRequest;
import io.carousel.events.Enrolled;
import io.carousel.events.EnrolmentRequest;
import io.carousel.events.HouseId;
import io.carousel.events.Report;
import io.carousel.events.TrustBundle;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long a change takes to reach agents that each follow it by a stream of their own: from the
 * operator's call to the bundle in the agent's hands.
 */
final class FanOut {
  private static final Duration LONG_POLL = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** What the start of the rotation led to is over by then. */
  private static final Duration CALM = Duration.ofSeconds(5);

  private final Path folder;
  private final Path module;
  private final int size;
  private final Progress progress;

  /** When each had the bundle of that phase; 0: not yet. */
  private final AtomicLongArray had;

  private final List<SubscribedHouse> streams = new ArrayList<>();
  private volatile long newerThan = Long.MAX_VALUE;
  private final AtomicInteger reached = new AtomicInteger();

  FanOut(Path folder, Path module, int size, Progress progress) {
    this.folder = folder;
    this.module = module;
    this.size = size;
    this.progress = progress;
    this.had = new AtomicLongArray(size);
  }

  /**
   * Seconds from the operator's call.
   *
   * @param answered until the operator had its answer
   * @param first until somebody had it
   * @param half until half of them had it
   * @param most until 95 of a hundred had it
   */
  record Measured(
      int participants, double answered, double first, double half, double most, double all) {}

  Measured measured() throws IOException, InterruptedException, ExecutionException {
    progress.say("a house");
    try (var house = FleetHouse.in(folder, module, Members.LEASE);
        var http = new HttpHouse(house.api(), house.secretFile())) {
      house.awaitKeys();
      try (var members = Members.enrolled(size, house, progress)) {
        members.start(number -> new Watched(subscribed(http), number), LONG_POLL);
        house.start(house.status());
        RotationStatus ready = ready(house);
        members.await("trust both", s -> s.upToDate() && s.trusts().size() == 2);
        Thread.sleep(CALM);
        newerThan = ready.sequence();
        long asked = System.nanoTime();
        house.advance(ready);
        double answered = (System.nanoTime() - asked) / 1e9;
        while (reached.get() < size) {
          progress.seldom(() -> "%,d of %,d know".formatted(reached.get(), size));
          Thread.sleep(LOOK);
        }
        return measured(asked, answered);
      } finally {
        streams.forEach(SubscribedHouse::close);
      }
    }
  }

  private House subscribed(HttpHouse http) {
    var stream = new SubscribedHouse(http, Habits.usual());
    streams.add(stream);
    return stream;
  }

  private RotationStatus ready(FleetHouse house) throws IOException, InterruptedException {
    RotationStatus status = house.status();
    while (!status.gate().ready() || status.keysMissing()) {
      Thread.sleep(LOOK);
      status = house.status();
    }
    return status;
  }

  private Measured measured(long asked, double answered) {
    double[] took = new double[size];
    for (int i = 0; i < size; i++) {
      took[i] = (had.get(i) - asked) / 1e9;
    }
    Arrays.sort(took);
    return new Measured(
        size,
        answered,
        took[0],
        took[size / 2],
        took[Math.min(size - 1, size * 95 / 100)],
        took[size - 1]);
  }

  /** The house as one of them sees it. */
  private final class Watched implements House {
    private final House house;
    private final int number;

    Watched(House house, int number) {
      this.house = house;
      this.number = number;
    }

    @Override
    public Optional<TrustBundle> bundle(AuthorityName authority, long after, Duration wait)
        throws HouseException, InterruptedException {
      Optional<TrustBundle> next = house.bundle(authority, after, wait);
      if (next.filter(b -> b.sequence() > newerThan).isPresent()
          && had.compareAndSet(number, 0, System.nanoTime())) {
        reached.incrementAndGet();
      }
      return next;
    }

    @Override
    public HouseId id() throws HouseException, InterruptedException {
      return house.id();
    }

    @Override
    public Enrolled enrol(EnrolmentRequest request) throws HouseException, InterruptedException {
      return house.enrol(request);
    }

    @Override
    public Credential request(CredentialRequest request)
        throws HouseException, InterruptedException {
      return house.request(request);
    }

    @Override
    public void report(Report report) throws HouseException, InterruptedException {
      house.report(report);
    }
  }
}
