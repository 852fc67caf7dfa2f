package io.carousel.deploy.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.SlotName;
import io.carousel.signer.Exit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker of one slot, as a process of its own that ends with this one. A worker that dies is
 * started again, unless it said that this would do harm.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** Exit codes after which another start cannot help, or would spend tries of a PIN. */
  private static final Set<Integer> FINAL =
      Stream.of(Exit.USAGE, Exit.IMPOSSIBLE_HISTORY, Exit.PIN, Exit.CONFIGURATION)
          .map(Exit::code)
          .collect(Collectors.toSet());

  private static final Duration PAUSE_LEAST = Duration.ofMillis(100);
  private static final Duration PAUSE_MOST = Duration.ofSeconds(15);
  private static final Duration STEADY = Duration.ofSeconds(10);
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final SlotName slot;
  private final Supplier<ProcessBuilder> program;
  private final Path log;
  private final Consumer<String> say;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread keeper;
  private volatile Process process;

  private WorkerProcess(
      SlotName slot, Supplier<ProcessBuilder> program, Path log, Consumer<String> say) {
    this.slot = slot;
    this.program = program;
    this.log = log;
    this.say = say;
    // A platform thread: reading from a process and waiting for it would pin a virtual one.
    this.keeper = Thread.ofPlatform().daemon().name("worker-" + slot).unstarted(this::keep);
  }

  /**
   * Starts it.
   *
   * @param log to which its output is added
   * @param say what people should see
   */
  static WorkerProcess start(
      SlotName slot, Supplier<ProcessBuilder> program, Path log, Consumer<String> say) {
    var worker = new WorkerProcess(slot, program, log, say);
    worker.keeper.start();
    return worker;
  }

  /** Completes when it first consumes; fails if it never will. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /**
   * The process running now.
   *
   * @throws IllegalStateException if none was started yet
   */
  ProcessHandle handle() {
    return running()
        .orElseThrow(() ->
            new IllegalStateException(
                "the worker of slot '%s' is not started yet".formatted(slot)));
  }

  /** The process running now; empty before the first start. */
  Optional<ProcessHandle> running() {
    return Optional.ofNullable(process).map(Process::toHandle);
  }

  private void keep() {
    Duration pause = PAUSE_LEAST;
    while (true) {
      Instant began = Instant.now();
      String end = run();
      if (isClosing()) {
        return;
      }
      if (isFinal()) {
        giveUp(end);
        return;
      }
      boolean steady = Duration.between(began, Instant.now()).compareTo(STEADY) > 0;
      pause = steady ? PAUSE_LEAST : shorter(pause.multipliedBy(2), PAUSE_MOST);
      LOG.info("the worker of slot '{}' {}", slot, end);
      say.accept("the worker of slot '%s' %s; it is started again".formatted(slot, end));
      if (closesWithin(pause)) {
        return;
      }
    }
  }

  /** Runs it once; returns how it ended. */
  private String run() {
    process = null;
    try {
      Process started =
          program.get().redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
      process = started;
      if (isClosing()) {
        started.destroy();
      }
      listen(started);
      int code = started.waitFor();
      return code > 128
          ? "was killed (signal %d)".formatted(code - 128)
          : "ended (%d)".formatted(code);
    } catch (IOException e) {
      return "could not be run: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "is not watched any more";
    }
  }

  private void listen(Process started) throws IOException {
    try (BufferedReader out = started.inputReader(UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        LOG.info("the worker of slot '{}' says: {}", slot, line);
        if (line.startsWith("ready")) {
          ready.complete(null);
        }
      }
    }
  }

  private boolean isFinal() {
    return process != null && FINAL.contains(process.exitValue());
  }

  private void giveUp(String end) {
    String why =
        "the worker of slot '%s' %s and is not started again: %s".formatted(slot, end, lastLine());
    if (!ready.completeExceptionally(new NodeTrouble(why))) {
      say.accept(why);
    }
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.isEmpty() ? "see " + log : lines.getLast();
    } catch (IOException e) {
      return "see " + log;
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private boolean closesWithin(Duration pause) {
    try {
      return closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** Whether it has consumed, and ended as it was asked to. */
  boolean endedWell() {
    Process last = process;
    return last != null
        && !last.isAlive()
        && last.exitValue() == Exit.DONE.code()
        && ready.isDone()
        && !ready.isCompletedExceptionally();
  }

  /** Asks it to finish what is in hand, and does not wait. */
  void stop() {
    closing.countDown();
    Process running = process;
    if (running != null) {
      running.destroy();
    }
  }

  /** Asks it to finish what is in hand, and waits; ends it by force if it takes too long. */
  @Override
  public void close() {
    stop();
    Process running = process;
    if (running == null) {
      return;
    }
    try {
      if (!running.waitFor(FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
        running.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
