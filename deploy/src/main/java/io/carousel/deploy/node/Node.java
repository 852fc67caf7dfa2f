package io.carousel.deploy.node;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.events.AuthorName;
import io.carousel.events.Digest;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
import io.carousel.orchestrator.desk.FrontDesk;
import io.carousel.orchestrator.desk.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Broker, orchestrator and one worker process for each slot, on one data folder.
 *
 * <p>Everything starts at once and waits for what it needs: workers for the broker, the topics and
 * their enrolment; the orchestrator for the broker.
 */
public final class Node implements AutoCloseable {
  /** The slots of a node whose operator named none. */
  public static final List<SlotName> USUAL_SLOTS =
      List.of(new SlotName("hsm-a"), new SlotName("hsm-b"));

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration SESSION = Duration.ofSeconds(6);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String RECEPTION = "the reception of participants";
  private static final Duration SETTLING = Duration.ofSeconds(20);

  private final NodeFolder folder;
  private final Settings settings;
  private final List<SlotName> slots;
  private final Programs programs;
  private final TokenTool tokens;
  private final Map<SlotName, WorkerProcess> workers = Collections.synchronizedMap(new TreeMap<>());

  /** What {@link #close} closes, the latest first. Guarded by itself. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final long began = System.nanoTime();
  private final Readiness readiness = new Readiness(Clock.systemUTC());

  /** Two processes must not make tokens at once. Guards tokensTried. */
  private final Lock tokensLock = new ReentrantLock();

  private boolean tokensTried;

  /** Whether what is missing was told, so that what comes is news. */
  private volatile boolean settled;

  private EmbeddedBroker broker;
  private Orchestrator orchestrator;
  private Reception reception;

  private Node(NodeFolder folder, Settings settings, List<SlotName> slots) {
    this.folder = folder;
    this.settings = settings;
    this.slots = slots;
    this.programs = new Programs(folder);
    this.tokens = new TokenTool(folder, programs, settings.module());
    opened.push(folder);
  }

  /**
   * How a node runs.
   *
   * @param data its folder
   * @param module the PKCS#11 module of the embedded tokens
   * @param slots to be made at the first start; empty: as it is, or the usual ones
   * @param port of the HTTP API; 0: any free one
   * @param say what people should see while it runs
   * @param adopt whether its workers may adopt keys that they did not make
   * @param listen where participants on other machines are received; nowhere if empty
   */
  public record Settings(
      Path data,
      Path module,
      List<SlotName> slots,
      int port,
      Consumer<String> say,
      boolean adopt,
      Optional<ListenAddress> listen) {
    /** Copies. */
    public Settings {
      slots = List.copyOf(slots);
    }

    /** The same, with the HTTP API on that port. */
    public Settings on(int port) {
      return new Settings(data, module, slots, port, say, adopt, listen);
    }

    /** With workers that adopt nothing, for participants on this machine alone. */
    public Settings(Path data, Path module, List<SlotName> slots, int port, Consumer<String> say) {
      this(data, module, slots, port, say, false, Optional.empty());
    }
  }

  /**
   * Has somebody hear when the broker ends this process, as it does where its disk is full. For the
   * whole process.
   *
   * @param words is given the broker's reason, or null
   */
  public static void onBrokerEnd(Consumer<String> words) {
    EmbeddedBroker.onEnd(words);
  }

  /**
   * Starts everything; returns once acts can be asked. Workers may still be on their way: see
   * {@link #awaitWorkers}.
   *
   * @throws NodeTrouble with what is wrong; nothing is left running then
   */
  public static Node start(Settings settings) throws NodeTrouble {
    if (!Files.isReadable(settings.module()) && !NodeFolder.hasSlots(settings.data())) {
      throw new NodeTrouble(
          "there is no PKCS#11 module at %s; name SoftHSM2's in CAROUSEL_SOFTHSM"
              .formatted(settings.module()));
    }
    Node node = on(NodeFolder.take(settings.data()), settings);
    try {
      node.open();
      return node;
    } catch (NodeTrouble e) {
      node.close();
      throw e;
    } catch (Exception e) {
      node.close();
      throw new NodeTrouble(
          "the node cannot start: %s; its log is in %s".formatted(message(e), node.folder.logs()),
          e);
    }
  }

  private static Node on(NodeFolder folder, Settings settings) throws NodeTrouble {
    try {
      return new Node(folder, settings, folder.slots(settings.slots()));
    } catch (IOException e) {
      throw new NodeTrouble("the slots in %s cannot be read: %s".formatted(folder.root(), e), e);
    }
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private void open() throws Exception {
    broker = opening(EmbeddedBroker.on(folder.kafka()));
    OrchestratorConfig config = orchestratorConfig();
    startWorkers(config);
    broker.start();
    note("the broker serves");
    orchestrator = opening(Orchestrator.start(config, readiness));
    note("the orchestrator serves");
    describe();
    for (SlotName slot : slots) {
      enrol(slot);
    }
    note("slots and workers are enrolled");
    if (settings.listen().isPresent()) {
      reception =
          opening(Reception.open(settings.listen().get(), folder, orchestrator, api(), slots));
      readiness.missing(RECEPTION, reception.trouble());
      var _ = reception.port().thenRun(() -> readiness.present(RECEPTION));
    }
  }

  /** One that cannot be made known now is so at the next start; the others are. */
  private void enrol(SlotName slot) throws IOException {
    try {
      new Enrolment(folder, settings.module()).enrol(orchestrator.frontDesk(), slot);
    } catch (NodeTrouble e) {
      String why = "it could not be enrolled: " + e.getMessage();
      LOG.error("slot '{}': {}", slot, why, e);
      readiness.missing(Readiness.ofSlot(slot.value()), why);
      settings.say().accept("slot '%s' does not serve: %s".formatted(slot, why));
    }
  }

  private OrchestratorConfig orchestratorConfig() throws IOException {
    Files.createDirectories(folder.orchestrator());
    return new OrchestratorConfig(
        broker.bootstrap(),
        1,
        new AuthorName("orchestrator-1"),
        folder.orchestrator(),
        true,
        settings.port(),
        folder.apiSecret(),
        SESSION);
  }

  /** Each slot's token and configuration are made before each start of its worker, by itself. */
  private void startWorkers(OrchestratorConfig config) {
    var enrolment = new Enrolment(folder, settings.module());
    for (SlotName slot : slots) {
      boolean first = slot.equals(slots.getFirst());
      readiness.missing(Readiness.ofSlot(slot.value()), "its worker is starting");
      WorkerProcess worker =
          WorkerProcess.start(
              slot,
              putRight -> {
                token(slot);
                enrolment.configure(
                    slot, broker.bootstrap(), config.identity(), settings.adopt(), putRight);
                return programs.worker(slot, first);
              },
              folder.workerLog(slot),
              PinFiles.of(folder.slot(slot)),
              new SlotTelling());
      workers.put(slot, worker);
    }
  }

  /** All that are missing in one process, which saves a second; else this one alone. */
  private void token(SlotName slot) throws NodeTrouble {
    tokensLock.lock();
    try {
      if (!tokensTried) {
        tokensTried = true;
        try {
          tokens.ensure(slots);
        } catch (PinTrouble e) {
          throw e;
        } catch (NodeTrouble e) {
          LOG.warn("not every token could be made: {}", e.getMessage());
        }
      }
      tokens.ensure(List.of(slot));
    } finally {
      tokensLock.unlock();
    }
    note("the token of slot '%s' is there".formatted(slot));
  }

  private final class SlotTelling implements WorkerProcess.Telling {
    @Override
    public void missing(SlotName slot, String why) {
      readiness.missing(Readiness.ofSlot(slot.value()), why);
      settings.say().accept("slot '%s' does not serve: %s".formatted(slot, why));
    }

    @Override
    public void serving(SlotName slot) {
      readiness.present(Readiness.ofSlot(slot.value()));
      if (settled) {
        settings.say().accept("slot '%s' serves.".formatted(slot));
      }
    }
  }

  private void describe() throws IOException {
    folder.describe(
        new NodeFolder.Description(
            api(), folder.apiSecret().toString(), bootstrap(), ProcessHandle.current().pid()));
  }

  private void note(String stage) {
    LOG.info("{} after {} ms", stage, Duration.ofNanos(System.nanoTime() - began).toMillis());
  }

  /**
   * Waits until every worker consumes.
   *
   * @throws NodeTrouble if one never will, or does not for a long time
   */
  public void awaitWorkers() throws NodeTrouble {
    for (SlotName slot : slots) {
      WorkerProcess worker = workers.get(slot);
      await(
          worker.ready(),
          () -> "the worker of slot '%s' does not serve: %s".formatted(slot, worker.trouble()));
      note("the worker of slot '%s' consumes".formatted(slot));
    }
  }

  /**
   * Waits until every worker consumes or has said why it cannot yet, or a while has passed: the
   * node serves what it can, however long the rest needs. What comes later is told.
   */
  public void awaitSettled() {
    var all =
        CompletableFuture.allOf(
            workers.values().stream()
                .map(WorkerProcess::settled)
                .toArray(CompletableFuture<?>[]::new));
    try {
      all.get(SETTLING.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("not every worker has come to anything yet");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    settled = true;
  }

  /** What does not serve now. */
  public Readiness readiness() {
    return readiness;
  }

  /**
   * Completes with the port on which participants on other machines are received; fails if they
   * never will be.
   *
   * @return empty if they are to be received nowhere
   */
  public Optional<CompletableFuture<Integer>> reception() {
    return Optional.ofNullable(reception).map(Reception::port);
  }

  /** SHA-256 of the CA keys by which participants recognise it. */
  public List<Digest> pins() {
    return Reception.pins(desk());
  }

  /** What the tokens hold, by slot; asks them by a process of its own, which takes a second. */
  public Tokens.Listings tokens() throws NodeTrouble {
    return tokens.list(slots);
  }

  /** What can be asked of the orchestrator in this process. */
  public FrontDesk desk() {
    return orchestrator.frontDesk();
  }

  /** Completes when the node cannot go on, with the reason: it must be closed then. */
  public CompletableFuture<Throwable> broken() {
    return orchestrator.broken();
  }

  /** Base URL of the HTTP API. */
  public String api() {
    return "http://127.0.0.1:" + orchestrator.apiPort();
  }

  /** Kafka's bootstrap servers. */
  public String bootstrap() {
    return broker.bootstrap();
  }

  /** The file of the key that founded its house. */
  public Path founderKey() {
    return folder.orchestrator().resolve("identity.key");
  }

  /** Its folder. */
  public NodeFolder folder() {
    return folder;
  }

  /** Its slots. */
  public List<SlotName> slots() {
    return slots;
  }

  /** The process of that slot's worker as it is now. */
  public ProcessHandle worker(SlotName slot) {
    return workers.get(slot).handle();
  }

  /** Every process of the node: this one and the workers that were started. */
  public List<ProcessHandle> processes() {
    var all = new ArrayList<ProcessHandle>();
    all.add(ProcessHandle.current());
    for (WorkerProcess worker : List.copyOf(workers.values())) {
      worker.running().ifPresent(all::add);
    }
    return all;
  }

  private <T extends AutoCloseable> T opening(T part) {
    synchronized (opened) {
      opened.push(part);
    }
    return part;
  }

  private void await(CompletableFuture<Void> part, Supplier<String> why) throws NodeTrouble {
    try {
      part.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new NodeTrouble(message(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      throw new NodeTrouble("%s; the logs are in %s".formatted(why.get(), folder.logs()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NodeTrouble("interrupted", e);
    }
  }

  /** Stops in order: workers finish what is in hand, then the orchestrator, then the broker. */
  @Override
  public void close() {
    List<WorkerProcess> running = List.copyOf(workers.values());
    running.forEach(WorkerProcess::stop);
    running.forEach(WorkerProcess::close);
    if (!running.isEmpty() && running.getFirst().endedWell()) {
      Archive.of(Programs.WORKERS).ifPresent(Archive::keep);
    }
    for (AutoCloseable part = pop(); part != null; part = pop()) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("while stopping", e);
        settings.say().accept("while stopping: " + message(e));
      }
    }
  }

  private AutoCloseable pop() {
    synchronized (opened) {
      return opened.poll();
    }
  }
}
