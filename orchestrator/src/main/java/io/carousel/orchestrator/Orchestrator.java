package io.carousel.orchestrator;

import io.carousel.events.AuthorityName;
import io.carousel.events.HouseId;
import io.carousel.events.SigningCommand.LeafCommand;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.events.seal.ImpossibleHistory;
import io.carousel.events.seal.Message;
import io.carousel.events.topics.Topic;
import io.carousel.events.wire.Wire;
import io.carousel.orchestrator.application.DeadLetters;
import io.carousel.orchestrator.application.Desk;
import io.carousel.orchestrator.application.FleetRecords;
import io.carousel.orchestrator.application.ForeignCrlFeed;
import io.carousel.orchestrator.application.HouseJudge;
import io.carousel.orchestrator.application.RotationHistory;
import io.carousel.orchestrator.application.SlotNotices;
import io.carousel.orchestrator.axon.AxonJudge;
import io.carousel.orchestrator.credential.CredentialDesk;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Readiness;
import io.carousel.orchestrator.desk.Refusals;
import io.carousel.orchestrator.http.ApiServer;
import io.carousel.orchestrator.log.ActSender;
import io.carousel.orchestrator.log.Chronicle;
import io.carousel.orchestrator.log.Cluster;
import io.carousel.orchestrator.log.ControlLog;
import io.carousel.orchestrator.log.LogConfig;
import io.carousel.orchestrator.log.MessageWriter;
import io.carousel.orchestrator.log.Standing;
import io.carousel.orchestrator.log.TopicSetup;
import io.carousel.orchestrator.log.Watcher;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.House;
import io.carousel.orchestrator.rules.Rules;
import io.carousel.orchestrator.snapshot.HouseCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One orchestrator: the log, the rules, the desks and the HTTP API, put together. */
public final class Orchestrator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);
  private static final String HOUSE_FILE = "house.id";
  private static final Duration NOTICE = Duration.ofSeconds(20);
  private static final Duration TOPICS_AGAIN = Duration.ofSeconds(30);
  private static final Duration FOREIGN_CRLS = Duration.ofSeconds(2);

  private final OrchestratorConfig config;
  private final Clock clock = Clock.systemUTC();
  private final Readiness readiness;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CompletableFuture<Throwable> broken = new CompletableFuture<>();

  /** There once its topics can be read. */
  private final CompletableFuture<FleetRecords> fleet = new CompletableFuture<>();

  private final RotationHistory rotations = new RotationHistory();
  private ControlLog<House> log;
  private CredentialDesk credentials;
  private FrontDesk desk;
  private ApiServer api;

  private Orchestrator(OrchestratorConfig config, Readiness readiness) {
    this.config = config;
    this.readiness = readiness;
  }

  /**
   * Starts it; returns once it serves.
   *
   * @throws IOException if its files or the port cannot be used
   * @throws io.carousel.orchestrator.log.BrokerUnreachable if there is no broker
   * @throws ImpossibleHistory if the log cannot be
   */
  public static Orchestrator start(OrchestratorConfig config) throws IOException {
    return start(config, new Readiness(Clock.systemUTC()));
  }

  /**
   * As above.
   *
   * @param readiness where it says what does not serve, and hears of other parts of the process
   */
  public static Orchestrator start(OrchestratorConfig config, Readiness readiness)
      throws IOException {
    var orchestrator = new Orchestrator(config, readiness);
    try {
      orchestrator.open();
      return orchestrator;
    } catch (IOException | RuntimeException e) {
      orchestrator.close();
      throw e;
    }
  }

  private void open() throws IOException {
    Files.createDirectories(config.folder());
    Cluster cluster = cluster();
    TopicSetup.ensure(cluster, List.of());
    Author author =
        new Author(house(), config.name(), AuthorKeyFile.readOrCreate(config.identity()));
    var logConfig =
        new LogConfig(
            cluster,
            config.folder(),
            config.found() ? Optional.of(Wire.FEATURE_LEVEL) : Optional.empty(),
            Optional.empty(),
            Rules.VERSION,
            LogConfig.Pace.DEFAULT);
    var rules = new HouseJudge(this::evidence);
    var judge = new AxonJudge<>(rules, House.class).project("rotations", rotations::on);
    log =
        opening(
            ControlLog.open(logConfig, author, judge, Optional.of(new HouseCodec()), new Guard()));
    opening(judge).start(log);
    Chronicle<House> chronicle = log.chronicle();
    opening(followSlots(cluster, chronicle));
    MessageWriter writer = opening(new MessageWriter(cluster, author));
    ActSender acts = opening(new ActSender(cluster, author, chronicle));
    SlotNotices notices = noticing(chronicle, acts);
    var refusals = new Refusals();
    credentials =
        new CredentialDesk(
            () -> chronicle.now().state(),
            leaf -> writer.write(record(author, leaf)),
            notices,
            clock);
    fleet.complete(opening(follow(cluster, author.house(), chronicle, credentials, refusals)));
    opening(
        new DeadLetters(
            cluster,
            author,
            chronicle,
            acts,
            writer,
            () -> log.standing() == Standing.OWNER,
            clock));
    desk =
        opening(
            new Desk(
                author,
                chronicle,
                acts,
                // Of its own: where reports cannot be written, credentials are still issued.
                opening(new MessageWriter(cluster, author)),
                credentials,
                fleet.join(),
                rotations,
                clock,
                refusals,
                readiness));
    opening(fetchForeignCrls());
    api =
        opening(
            new ApiServer(
                desk,
                config.port(),
                config.secretFile(),
                why -> broken.complete(new IOException(why))));
    api.start();
  }

  /** By the leader alone, so that a CA elsewhere is asked once. */
  private AutoCloseable fetchForeignCrls() {
    var feed = new ForeignCrlFeed(desk::house, desk::ask, clock);
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("foreign-crls").factory());
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                if (log.standing() == Standing.OWNER) {
                  feed.fetchDue();
                }
              } catch (RuntimeException e) {
                LOG.warn("CRLs of CAs elsewhere are fetched again later", e);
              }
            },
            FOREIGN_CRLS.toSeconds(),
            FOREIGN_CRLS.toSeconds(),
            TimeUnit.SECONDS);
    return timer::shutdownNow;
  }

  private SlotNotices noticing(Chronicle<House> chronicle, ActSender acts) {
    var notices =
        new SlotNotices(
            () -> chronicle.now().state(),
            (command, act) -> {
              var _ =
                  acts.ask(command, act, NOTICE)
                      .exceptionally(e -> {
                        LOG.info("what was noticed of a slot is not in the log yet", e);
                        return null;
                      });
            },
            clock);
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("slot-notices").factory());
    opening(timer::shutdownNow);
    var _ = timer.scheduleWithFixedDelay(notices::tellRefusals, 5, 5, TimeUnit.SECONDS);
    return notices;
  }

  private Message record(Author author, LeafCommand leaf) {
    var typed = Wire.CURRENT.write(leaf);
    return author.draft(
        Topic.LEAVES.of(leaf.slot()),
        null,
        leaf.command().value(),
        typed.type(),
        clock.instant(),
        typed.value());
  }

  private FleetRecords follow(
      Cluster cluster,
      HouseId house,
      Chronicle<House> chronicle,
      CredentialDesk credentials,
      Refusals refusals) {
    return new FleetRecords(
        cluster, house, chronicle, clock, credentials::take, refusals, readiness, config.folder());
  }

  private Cluster cluster() {
    Cluster local = Cluster.local(config.bootstrap());
    return new Cluster(
        local.bootstrap(),
        local.client(),
        local.prefix(),
        (short) config.replication(),
        local.patience());
  }

  /** The house this instance belongs to: chosen once, before the log is founded. */
  private HouseId house() throws IOException {
    Path file = config.folder().resolve(HOUSE_FILE);
    if (!Files.exists(file)) {
      byte[] id = new byte[16];
      new SecureRandom().nextBytes(id);
      Path draft = Files.createTempFile(config.folder(), ".house", ".new");
      Files.writeString(draft, HexFormat.of().formatHex(id) + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return new HouseId(Files.readString(file).strip());
  }

  /**
   * Whoever is the owner, each instance sees to it that a new slot's topics exist. Looked at every
   * now and then too: what failed for one slot is neither given up nor in the way of another's.
   */
  private AutoCloseable followSlots(Cluster cluster, Chronicle<House> chronicle) {
    var slots = new SlotTopics(cluster, () -> chronicle.now().state().slots().keySet());
    slots.ensure();
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("slot-topics").factory());
    var _ =
        timer.scheduleWithFixedDelay(
            slots::ensure, TOPICS_AGAIN.toSeconds(), TOPICS_AGAIN.toSeconds(), TimeUnit.SECONDS);
    var following = chronicle.onGrowth(() -> timer.execute(slots::ensure));
    return () -> {
      following.close();
      timer.shutdownNow();
    };
  }

  /** In the owner's thread: nothing is waited for that has not begun. */
  private BiFunction<House, AuthorityName, Evidence> evidence() {
    return fleet.isDone() ? fleet.join().read() : Orchestrator::nothingRead;
  }

  private static Evidence nothingRead(House house, AuthorityName authority) {
    throw new FleetRecords.NotCaughtUp(
        "this orchestrator is starting, and has read no evidence about '%s' yet; ask again in a few seconds"
            .formatted(authority),
        null);
  }

  /** What can be asked of it. */
  public FrontDesk frontDesk() {
    return desk;
  }

  /** Where credentials are issued to those whose requests were checked. */
  public CredentialDesk credentialDesk() {
    return credentials;
  }

  /** The port of its HTTP API, on loopback. */
  public int apiPort() {
    return api.port();
  }

  /** What it does with the log. */
  public Standing standing() {
    return log.standing();
  }

  /** Completes when it cannot go on, with the reason: the process must stop then. */
  public CompletableFuture<Throwable> broken() {
    return broken;
  }

  @Override
  public void close() {
    fleet.cancel(false);
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        LOG.warn("while stopping", e);
      }
    }
  }

  private <T extends AutoCloseable> T opening(T part) {
    opened.push(part);
    return part;
  }

  private final class Guard implements Watcher {
    @Override
    public void standing(Standing standing) {
      LOG.info("{} is {}", config.name(), standing);
    }

    @Override
    public void impossible(ImpossibleHistory history) {
      LOG.error("{}", history.getMessage());
      broken.complete(history);
    }

    @Override
    public void failed(Throwable cause) {
      LOG.error("the log cannot go on", cause);
      broken.complete(cause);
    }
  }
}
