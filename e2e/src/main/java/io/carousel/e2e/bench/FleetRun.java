package io.carousel.e2e.bench;

import io.carousel.agent.Standing;
import io.carousel.agent.http.HttpHouse;
import io.carousel.events.PhaseName;
import io.carousel.orchestrator.documents.ForecastDetails;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** One fleet, from its enrolment to the end of its first rotation. */
final class FleetRun {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final double MINUTE = 60e9;

  /** A look that takes long is taken seldom, so that looking is not what is measured. */
  private static final int LOOKING_SHARE = 4;

  private static final Duration SELDOM = Duration.ofSeconds(5);

  private final Path folder;
  private final Path module;
  private final int size;
  private final int connections;
  private final Progress progress;

  private double slowestStatus;
  private double slowestForecast;
  private double slowestAdvance;

  FleetRun(Path folder, Path module, int size, int connections, Progress progress) {
    this.folder = folder;
    this.module = module;
    this.size = size;
    this.connections = connections;
    this.progress = progress;
  }

  /**
   * What came of it.
   *
   * @param rotation minutes from its start until everybody has left the old generation
   * @param onboarding minutes from the first start of a participant until all have reported
   * @param said in the rotation
   * @param memory bytes of the orchestrator's heap for each, with two credentials known of each
   * @param log bytes that Kafka keeps for each
   * @param cpu milliseconds of the orchestrator's processor time for each, in the rotation
   * @param status seconds that the slowest status took
   * @param forecast seconds that the slowest forecast took, of the next step or of the end of trust
   *     in the old generation
   * @param advance seconds that the slowest advance took
   */
  record Measured(
      int participants,
      double rotation,
      double onboarding,
      Herd.Said said,
      double memory,
      double log,
      double cpu,
      double status,
      double forecast,
      double advance) {}

  Measured measured() throws IOException, InterruptedException, ExecutionException {
    progress.say("a house");
    try (var house = FleetHouse.in(folder, module, Members.LEASE);
        var http = new HttpHouse(house.api(), house.secretFile());
        var herd = new Herd(http, FleetHouse.AUTHORITY, connections)) {
      house.awaitKeys();
      long empty = house.live();
      try (var members = Members.enrolled(size, house, progress)) {
        long begun = System.nanoTime();
        members.start(_ -> herd, Duration.ofMinutes(20));
        double onboarding = (System.nanoTime() - begun) / MINUTE;
        return rotated(house, herd, members, empty, onboarding);
      }
    }
  }

  private Measured rotated(
      FleetHouse house, Herd herd, Members members, long empty, double onboarding)
      throws IOException, InterruptedException {
    Herd.Said before = herd.said();
    Duration cpuBefore = house.cpu();
    long begun = System.nanoTime();
    house.start(house.status());
    long full = 0;
    RotationStatus status = status(house);
    while (status.seen().phase() != PhaseName.STANDBY) {
      if (status.gate().ready() && !status.keysMissing()) {
        if (status.seen().phase() == PhaseName.UPDATE_SERVERS) {
          full = house.live();
        }
        forecast(house);
        advance(house, status);
      }
      status = status(house);
    }
    members.await("have left the old generation", FleetRun::hasLeft);
    double rotation = (System.nanoTime() - begun) / MINUTE;
    return new Measured(
        size,
        rotation,
        onboarding,
        herd.said().since(before),
        (double) (full - empty) / size,
        (double) house.kept() / size,
        house.cpu().minus(cpuBefore).toNanos() / 1e6 / size,
        slowestStatus,
        slowestForecast,
        slowestAdvance);
  }

  private static boolean hasLeft(Standing standing) {
    return standing.upToDate() && standing.trusts().equals(List.of(2));
  }

  private RotationStatus status(FleetHouse house) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    RotationStatus status = house.status();
    long took = System.nanoTime() - begun;
    slowestStatus = Math.max(slowestStatus, took / 1e9);
    progress.seldom(() ->
        "%s: %,d of %,d questions are answered (a status takes %d ms)"
            .formatted(
                status.seen().phase(),
                status.gate().shown(),
                status.gate().required(),
                took / 1_000_000));
    if (!status.gate().ready()) {
      Thread.sleep(LOOK.plusNanos(Math.min(LOOKING_SHARE * took, SELDOM.toNanos())));
    }
    return status;
  }

  /** Nobody would be broken by what is ready, and somebody by what is not. */
  private void forecast(FleetHouse house) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    ForecastDetails next = house.forecast();
    long between = System.nanoTime();
    ForecastDetails rash = house.forecast(1);
    long ended = System.nanoTime();
    slowestForecast = Math.max(slowestForecast, Math.max(between - begun, ended - between) / 1e9);
    progress.say(
        "the next step breaks %d groups; without generation 1, %d would break"
            .formatted(next.breaks().size(), rash.breaks().size()));
  }

  private void advance(FleetHouse house, RotationStatus status)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Optional<String> refused = house.advance(status);
    double took = (System.nanoTime() - begun) / 1e9;
    slowestAdvance = Math.max(slowestAdvance, took);
    progress.say(
        "%s: advance %s after %.1f s"
            .formatted(
                status.seen().phase(), refused.map(r -> "refused, " + r).orElse("done"), took));
  }
}
