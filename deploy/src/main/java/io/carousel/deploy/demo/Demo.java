package io.carousel.deploy.demo;

import io.carousel.agent.http.HttpHouse;
import io.carousel.agent.tls.Exchanges;
import io.carousel.agent.tls.Outcome;
import io.carousel.deploy.demo.Summary.Control;
import io.carousel.deploy.demo.Summary.Handshakes;
import io.carousel.deploy.node.Node;
import io.carousel.deploy.node.NodeTrouble;
import io.carousel.deploy.node.Tokens;
import io.carousel.events.AuthorityEvent.CrlIssued;
import io.carousel.events.AuthorityName;
import io.carousel.events.PhaseName;
import io.carousel.events.Policy;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.documents.AuthorityDetails;
import io.carousel.orchestrator.documents.KeyLine;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * The main job in one sitting: a fleet that talks, a rotation that completes, one that is rolled
 * back, and the proof.
 */
public final class Demo implements AutoCloseable {
  private static final int PAGE = 500;
  private static final AuthorityName AUTHORITY = new AuthorityName("demo");
  private static final SlotName FIRST = new SlotName("hsm-a");
  private static final SlotName SECOND = new SlotName("hsm-b");
  private static final int CLIENTS = 20;
  private static final int SERVERS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Retired keys are destroyed at once, so that the end of a key is part of the show. */
  private static final Policy POLICY =
      new Policy(
          Duration.ofHours(1),
          Duration.ofDays(30),
          Duration.ofMinutes(1),
          Optional.of(Duration.ZERO));

  private final Settings settings;
  private final Node node;
  private final Operator operator;
  private final HttpHouse house;
  private final Resident resident;
  private Fleet fleet;

  /**
   * How it is played.
   *
   * @param data an empty folder
   * @param module the PKCS#11 module of the embedded tokens
   * @param began when the command was given
   */
  public record Settings(Path data, Path module, Instant began, View view) {}

  private Demo(Settings settings) throws NodeTrouble, IOException {
    this.settings = settings;
    this.node =
        Node.start(
            new Node.Settings(
                settings.data(), settings.module(), List.of(FIRST, SECOND), 0, this::note));
    try {
      this.operator = new Operator(node.api(), node.folder().apiSecret(), AUTHORITY);
      this.house = new HttpHouse(URI.create(node.api()), node.folder().apiSecret());
      this.resident = Resident.of(node::processes);
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  /**
   * Plays it.
   *
   * @throws DemoFailed if it cannot be played to its end
   * @throws NodeTrouble if the node cannot start
   */
  public static Summary run(Settings settings) throws DemoFailed, NodeTrouble {
    try (var demo = new Demo(settings)) {
      return demo.play();
    } catch (IOException e) {
      throw new NodeTrouble("the node's secret cannot be read: " + e.getMessage(), e);
    }
  }

  private Summary play() throws DemoFailed, NodeTrouble {
    note(
        "A node of its own is up: Kafka, an orchestrator, and a worker for each of two HSM slots.");
    operator.createAuthority(Suite.ECDSA_P256, List.of(FIRST, SECOND), POLICY);
    fleet = Fleet.enrol(operator, house, AUTHORITY, CLIENTS, SERVERS);
    node.awaitWorkers();
    await("the authority has its first keys", () -> phase() == PhaseName.STANDBY);
    CompletableFuture<Tokens.Listings> listing = CompletableFuture.supplyAsync(this::tokens);
    fleet.awaitReports(PATIENCE);
    fleet.talk();
    note("%d clients and %d servers have credentials and talk.".formatted(CLIENTS, SERVERS));
    var beginning = Controls.Moment.of(fleet);
    Tokens.Listings before = joined(listing);

    double firstAfter = seconds(Duration.between(settings.began(), Instant.now()));
    var bothTrusted = new AtomicReference<Controls.Moment>();
    Summary.Rotation completed =
        turn(
            "rotation 1",
            new Turn.Plan("the demo's first rotation", false, FIRST, PhaseName.UPDATE_CLIENTS),
            _ -> {});
    awaitDestruction();
    Summary.Rotation rolledBack =
        turn(
            "rotation 2",
            new Turn.Plan("the demo's second rotation", true, SECOND, PhaseName.UPDATE_SERVERS),
            phase -> keepMoment(bothTrusted, phase));
    awaitDestruction();

    fleet.fallSilent();
    Exchanges.Tally tally = fleet.exchanges().tally();
    reportFailure();
    note("Now what must fail, on purpose, and the log read once more by a reader of its own.");
    List<Control> controls =
        new Controls(fleet.exchanges(), settings.data()).all(fleet, beginning, bothTrusted.get());
    Playback replay = Playback.of(node);
    Keys keys = new Keys(operator.details());
    return new Summary(
        new Handshakes(tally.made(), tally.failed(), tally.resumed(), tally.full()),
        controls,
        keys.signatures() + crls() + fleet.credentials(),
        replay.events(),
        List.of(completed, rolledBack),
        keys.compared(before, node.tokens()),
        new Summary.Replayed(replay.equal(), replay.eventsPerSecond()),
        new Summary.Memory(resident.mostMib()),
        firstAfter,
        seconds(Duration.between(settings.began(), Instant.now())));
  }

  private long crls() {
    long found = 0;
    long next = 1;
    while (true) {
      List<Recorded> page = node.desk().history(next, PAGE, Duration.ZERO);
      found += page.stream().filter(r -> r.event() instanceof CrlIssued).count();
      if (page.isEmpty()) {
        return found;
      }
      next = page.getLast().sequence() + 1;
    }
  }

  private Summary.Rotation turn(
      String title, Turn.Plan plan, java.util.function.Consumer<PhaseName> beforeLeaving)
      throws DemoFailed {
    int target = operator.status().active() + 1;
    var turn =
        new Turn(
            plan,
            operator,
            slot -> kill(slot, title),
            status -> show(title, plan, status, target),
            beforeLeaving);
    Summary.Rotation rotation = turn.run();
    settings.view().settle();
    note(
        "%s %s in %s."
            .formatted(
                title,
                plan.turnsBack() ? "was rolled back" : "completed",
                Lines.seconds(rotation.seconds())));
    return rotation;
  }

  private void show(String title, Turn.Plan plan, RotationStatus status, int target) {
    settings
        .view()
        .show(
            new Picture(
                title,
                Duration.between(settings.began(), Instant.now()),
                plan.turnsBack(),
                status,
                status
                    .successor()
                    .orElse(status.seen().phase() == PhaseName.STANDBY ? status.active() : target),
                fleet.convergence(status.successor().orElse(status.active())),
                fleet.exchanges().tally(),
                resident.mib()));
  }

  private void kill(SlotName slot, String title) {
    ProcessHandle worker = node.worker(slot);
    worker.destroyForcibly();
    note(
        "SIGKILL to the worker of slot '%s' (process %d) in the middle of %s."
            .formatted(slot, worker.pid(), title));
  }

  /** When all trust the successor and none presents it yet. */
  private void keepMoment(AtomicReference<Controls.Moment> moment, PhaseName leaving) {
    if (leaving == PhaseName.INIT && moment.get() == null) {
      moment.set(Controls.Moment.of(fleet));
    }
  }

  private void awaitDestruction() throws DemoFailed {
    await("retired keys are destroyed", () -> new Keys(details()).leftOver().isEmpty());
    note("The keys that were retired are destroyed on their tokens.");
  }

  private void reportFailure() {
    fleet.exchanges().firstFailure().map(Outcome.Failed::toString).ifPresent(this::note);
  }

  private PhaseName phase() {
    return details().phase();
  }

  private AuthorityDetails details() {
    try {
      return operator.details();
    } catch (DemoFailed e) {
      throw new CompletionException(e);
    }
  }

  private Tokens.Listings tokens() {
    try {
      return node.tokens();
    } catch (NodeTrouble e) {
      throw new CompletionException(e);
    }
  }

  private static Tokens.Listings joined(CompletableFuture<Tokens.Listings> listing)
      throws DemoFailed {
    try {
      return listing.join();
    } catch (CompletionException e) {
      throw new DemoFailed(e.getCause().getMessage(), e.getCause());
    }
  }

  private void await(String what, BooleanSupplier condition) throws DemoFailed {
    Instant end = Instant.now().plus(PATIENCE);
    try {
      while (!condition.getAsBoolean()) {
        if (Instant.now().isAfter(end)) {
          throw new DemoFailed(
              "waited %d seconds in vain: %s; keys: %s"
                  .formatted(PATIENCE.toSeconds(), what, keysNow()));
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } catch (CompletionException e) {
      throw new DemoFailed(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailed("interrupted", e);
    }
  }

  private List<String> keysNow() {
    return details().generations().stream()
        .flatMap(g -> g.keys().stream())
        .map((KeyLine k) -> "K%d on %s %s".formatted(k.generation(), k.slot(), k.stage()))
        .toList();
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private void note(String line) {
    settings.view().note("%s  %s".formatted(Lines.clock(since()), line));
  }

  private Duration since() {
    return Duration.between(settings.began(), Instant.now());
  }

  @Override
  public void close() {
    if (fleet != null) {
      fleet.close();
    }
    resident.close();
    house.close();
    operator.close();
    node.close();
  }
}
