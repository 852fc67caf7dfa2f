package io.carousel.e2e.bench;

import io.carousel.agent.Habits;
import io.carousel.agent.House;
import io.carousel.agent.Identity;
import io.carousel.agent.Participant;
import io.carousel.agent.Standing;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.orchestrator.documents.Wanted.WantedMembership;
import io.carousel.orchestrator.documents.Wanted.WantedParticipant;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** A fleet: clients and servers in equal parts, each on the agent's own core. */
final class Members implements AutoCloseable {
  /** They report at each change and in between, well within the lease. */
  static final Duration LEASE = Duration.ofHours(1);

  private static final Duration HEARTBEAT = Duration.ofMinutes(20);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int OPERATORS = 64;

  private final List<Identity> identities;
  private final Progress progress;
  private final List<Participant> fleet = new ArrayList<>();

  private Members(List<Identity> identities, Progress progress) {
    this.identities = List.copyOf(identities);
    this.progress = progress;
  }

  /** Makes so many and has an operator enrol them. */
  static Members enrolled(int size, FleetHouse house, Progress progress)
      throws InterruptedException, ExecutionException {
    var identities = new ArrayList<Identity>();
    for (int i = 0; i < size; i++) {
      identities.add(Identity.create(new ParticipantName("host-" + i)));
    }
    var members = new Members(identities, progress);
    members.enrol(house);
    return members;
  }

  private void enrol(FleetHouse house) throws InterruptedException, ExecutionException {
    var done = new AtomicInteger();
    try (var callers = Executors.newFixedThreadPool(OPERATORS, Thread.ofVirtual().factory())) {
      var calls = new ArrayList<Future<?>>();
      for (int i = 0; i < size(); i++) {
        Identity identity = identities.get(i);
        var wanted =
            new WantedParticipant(
                identity.name(), identity.publicKey(), List.of(WantedMembership.of(membership(i))));
        calls.add(
            callers.submit(() -> {
              house.calls().must("/v1/participants", wanted);
              return done.incrementAndGet();
            }));
      }
      for (Future<?> call : calls) {
        call.get();
        progress.seldom(() -> "%,d of %,d are enrolled".formatted(done.get(), size()));
      }
    }
  }

  private static Membership membership(int number) {
    Role presents = number % 2 == 0 ? Role.PRESENTS_CLIENT : Role.PRESENTS_SERVER;
    return new Membership(
        FleetHouse.AUTHORITY, List.of(presents, Role.VERIFIES), List.of(Format.X509), List.of());
  }

  int size() {
    return identities.size();
  }

  /**
   * Sets them to work, and waits until all have reported.
   *
   * @param house as each of them sees it
   * @param longPoll how long each waits for news in one call
   */
  void start(IntFunction<House> house, Duration longPoll) throws InterruptedException {
    var habits =
        new Habits(
            HEARTBEAT,
            longPoll,
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            Duration.ofSeconds(3),
            InstantSource.system(),
            new Drawn());
    for (int i = 0; i < size(); i++) {
      fleet.add(
          Participant.start(
              identities.get(i), List.of(membership(i)), house.apply(i), _ -> _ -> {}, habits));
    }
    await("are at work", Standing::upToDate);
  }

  /** By the generator of whichever thread asks. */
  private static final class Drawn implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }

  /** Waits until all of them stand like that. */
  void await(String what, Predicate<Standing> wanted) throws InterruptedException {
    long done = standing(wanted);
    while (done < size()) {
      long so = done;
      progress.seldom(() -> "%,d of %,d %s%s".formatted(so, size(), what, troubles()));
      Thread.sleep(LOOK);
      done = standing(wanted);
    }
    progress.say("%,d of %,d %s".formatted(done, size(), what));
  }

  private long standing(Predicate<Standing> wanted) {
    return fleet.stream().map(p -> p.standing(FleetHouse.AUTHORITY)).filter(wanted).count();
  }

  /** What keeps most of those that something keeps. */
  private String troubles() {
    Map<String, Integer> counts = new TreeMap<>();
    fleet.stream()
        .flatMap(p -> p.standing(FleetHouse.AUTHORITY).problem().stream())
        .forEach(problem -> counts.merge(problem, 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(e -> "; %,d say: %s".formatted(e.getValue(), e.getKey()))
        .orElse("");
  }

  @Override
  public void close() {
    try (var stopping = Executors.newVirtualThreadPerTaskExecutor()) {
      fleet.forEach(p -> stopping.execute(p::close));
    }
  }
}
