package io.carousel.deploy.node;

import io.carousel.deploy.broker.EmbeddedBroker;
import io.carousel.events.AuthorName;
import io.carousel.events.Digest;
import io.carousel.events.SlotName;
import io.carousel.orchestrator.Orchestrator;
import io.carousel.orchestrator.OrchestratorConfig;
import io.carousel.orchestrator.desk.FrontDesk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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

  private final NodeFolder folder;
  private final Settings settings;
  private final List<SlotName> slots;
  private final Programs programs;
  private final TokenTool tokens;
  private final Map<SlotName, WorkerProcess> workers = Collections.synchronizedMap(new TreeMap<>());

  /** What {@link #close} closes, the latest first. Guarded by itself. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private final long began = System.nanoTime();
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

    /** With workers that adopt nothing, for participants on this machine alone. */
    public Settings(Path data, Path module, List<SlotName> slots, int port, Consumer<String> say) {
      this(data, module, slots, port, say, false, Optional.empty());
    }
  }

  /**
   * Starts everything; returns once acts can be asked. Workers may still be on their way: see
   * {@link #awaitWorkers}.
   *
   * @throws NodeTrouble with what is wrong; nothing is left running then
   */
  public static Node start(Settings settings) throws NodeTrouble {
    if (!Files.isReadable(settings.module())) {
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
    CompletableFuture<Void> started =
        inBackground(() -> {
          tokens.ensure(slots);
          note("tokens are there");
          startWorkers(config);
          return null;
        });
    try {
      broker.start();
      note("the broker serves");
      orchestrator = opening(Orchestrator.start(config));
      note("the orchestrator serves");
      describe();
      for (SlotName slot : slots) {
        new Enrolment(folder, settings.module()).enrol(orchestrator.frontDesk(), slot);
      }
      note("slots and workers are enrolled");
      if (settings.listen().isPresent()) {
        reception =
            opening(
                Reception.open(
                    settings.listen().get(), folder, orchestrator.frontDesk(), api(), slots));
      }
    } finally {
      await(started, "the workers");
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

  private void startWorkers(OrchestratorConfig config) throws IOException {
    var enrolment = new Enrolment(folder, settings.module());
    for (SlotName slot : slots) {
      enrolment.configure(slot, broker.bootstrap(), config.identity(), settings.adopt());
      boolean first = slot.equals(slots.getFirst());
      WorkerProcess worker =
          WorkerProcess.start(
              slot, () -> programs.worker(slot, first), folder.workerLog(slot), settings.say());
      workers.put(slot, worker);
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
   * @throws NodeTrouble if one never will
   */
  public void awaitWorkers() throws NodeTrouble {
    for (SlotName slot : slots) {
      await(workers.get(slot).ready(), "the worker of slot '%s'".formatted(slot));
      note("the worker of slot '%s' consumes".formatted(slot));
    }
  }

  /**
   * Waits until participants on other machines are received.
   *
   * @return the port on which they are; empty if they are to be nowhere
   * @throws NodeTrouble if they never will be
   */
  public Optional<Integer> awaitReception() throws NodeTrouble {
    if (reception == null) {
      return Optional.empty();
    }
    int port = reception.awaitPort();
    note("participants are received on port " + port);
    return Optional.of(port);
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

  private static CompletableFuture<Void> inBackground(Callable<Void> work) {
    var done = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            done.complete(work.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private void await(CompletableFuture<Void> part, String what) throws NodeTrouble {
    try {
      part.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new NodeTrouble(message(e.getCause()), e.getCause());
    } catch (TimeoutException e) {
      throw new NodeTrouble(
          "%s did not come within %d seconds; the logs are in %s"
              .formatted(what, PATIENCE.toSeconds(), folder.logs()),
          e);
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
