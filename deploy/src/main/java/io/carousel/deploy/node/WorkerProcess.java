package io.carousel.deploy.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.SlotName;
import io.carousel.signer.Exit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker of one slot, as a process of its own that ends with this one. A worker that dies or
 * cannot start is started again, after ever longer pauses. One whose token refused the PIN is
 * started again only once somebody has put the PIN right: a token locks itself after a few tries.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** Exit codes after which another start cannot help. */
  private static final Set<Integer> FINAL =
      Stream.of(Exit.USAGE, Exit.IMPOSSIBLE_HISTORY).map(Exit::code).collect(Collectors.toSet());

  /** Of a log, in bytes, that is looked through for why a worker has ended. */
  private static final int MOST_WORDS = 64 * 1024;

  /** A line of its log, as its pattern in {@code node-logback.xml} makes it. */
  private static final Pattern INFORMATION = Pattern.compile("^\\S+ (INFO|DEBUG|TRACE) ");

  private static final Duration PAUSE_LEAST = Duration.ofMillis(100);
  private static final Duration PAUSE_MOST = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration STEADY = Duration.ofSeconds(10);
  private static final Duration FAREWELL = Duration.ofSeconds(10);

  private final SlotName slot;
  private final Program program;
  private final Path log;
  private final PinFiles pins;
  private final Telling telling;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread keeper;
  private volatile Process process;
  private volatile String trouble = "it is starting";

  /** How the worker is run. */
  interface Program {
    /**
     * What to start next, with all that it needs in place.
     *
     * @param putRight whether somebody has put the PIN right since the last start
     * @throws NodeTrouble if something is missing
     * @throws PinTrouble if a token refused a PIN
     */
    ProcessBuilder next(boolean putRight) throws IOException, NodeTrouble;
  }

  /** Who hears how it stands. */
  interface Telling {
    /** It does not serve; the reason has changed. */
    void missing(SlotName slot, String why);

    /** It serves, for the first time or again. */
    void serving(SlotName slot);
  }

  private WorkerProcess(SlotName slot, Program program, Path log, PinFiles pins, Telling telling) {
    this.slot = slot;
    this.program = program;
    this.log = log;
    this.pins = pins;
    this.telling = telling;
    // A platform thread: reading from a process and waiting for it would pin a virtual one.
    this.keeper = Thread.ofPlatform().daemon().name("worker-" + slot).unstarted(this::keep);
  }

  /**
   * Starts it.
   *
   * @param log to which its output is added
   * @param pins what a person changes to have a refused PIN tried again
   */
  static WorkerProcess start(
      SlotName slot, Program program, Path log, PinFiles pins, Telling telling) {
    var worker = new WorkerProcess(slot, program, log, pins, telling);
    worker.keeper.start();
    return worker;
  }

  /** Completes when it first consumes; fails if it never will. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Completes when it first consumes, or first could not. */
  CompletableFuture<Void> settled() {
    return settled;
  }

  /** Why it does not consume; of use only until {@link #ready} completes. */
  String trouble() {
    return trouble;
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
    boolean putRight = false;
    while (true) {
      Instant began = Instant.now();
      End end = run(putRight);
      putRight = false;
      Object refused = pins.state();
      if (isClosing()) {
        return;
      }
      if (end.is(FINAL)) {
        String why = "%s and is not started again: %s".formatted(end.text(), end.reason());
        ready.completeExceptionally(new NodeTrouble("the worker of " + slotText() + " " + why));
        troubled(why);
        return;
      }
      if (end.is(Set.of(Exit.PIN.code()))) {
        // A PIN is never tried again: a token locks itself after a few tries.
        troubled(
            "%s; %s. The PIN is not tried again before somebody has put it right: correct or touch %s, and delete %s if it is there"
                .formatted(end.text(), end.reason(), pins.files().getFirst(), pins.mark()));
        if (awaitsPerson(refused)) {
          return;
        }
        putRight = true;
        pause = PAUSE_LEAST;
        continue;
      }
      boolean steady = Duration.between(began, Instant.now()).compareTo(STEADY) > 0;
      pause = steady ? PAUSE_LEAST : shorter(pause.multipliedBy(2), PAUSE_MOST);
      troubled("%s, and is started again: %s".formatted(end.text(), end.reason()));
      if (closesWithin(pause)) {
        return;
      }
    }
  }

  private String slotText() {
    return "slot '%s'".formatted(slot);
  }

  /** Says so, unless that was the last that was said. */
  private void troubled(String why) {
    LOG.info("the worker of {} {}", slotText(), why);
    boolean news = !why.equals(trouble);
    trouble = why;
    if (news) {
      telling.missing(slot, "its worker " + why);
    }
    settled.complete(null);
  }

  /** Waits until PIN file and mark are other than they were then; returns whether it closes. */
  private boolean awaitsPerson(Object refused) {
    while (!pins.isPutRightSince(refused)) {
      if (closesWithin(LOOK)) {
        return true;
      }
    }
    return false;
  }

  /**
   * How a run ended.
   *
   * @param code absent if there was no process
   * @param reason in words, for people
   */
  private record End(Optional<Integer> code, String text, String reason) {
    boolean is(Set<Integer> codes) {
      return code.filter(codes::contains).isPresent();
    }
  }

  /** Runs it once. */
  private End run(boolean putRight) {
    process = null;
    long before = length();
    try {
      Process started =
          program
              .next(putRight)
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      process = started;
      if (isClosing()) {
        started.destroy();
      }
      listen(started);
      int code = started.waitFor();
      String how =
          code > 128
              ? "was killed (signal %d)".formatted(code - 128)
              : "ended (%d)".formatted(code);
      return new End(Optional.of(code), how, lastWords(before));
    } catch (PinTrouble e) {
      return new End(Optional.of(Exit.PIN.code()), "cannot be run", e.getMessage());
    } catch (IOException | NodeTrouble e) {
      return new End(Optional.empty(), "cannot be run", message(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new End(Optional.empty(), "is not watched any more", "");
    } catch (RuntimeException e) {
      // Whatever it is, it is this slot's trouble alone, and the next attempt may do better.
      LOG.error("the worker of {} cannot be run", slotText(), e);
      return new End(Optional.empty(), "cannot be run", message(e));
    }
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private void listen(Process started) throws IOException {
    try (BufferedReader out = started.inputReader(UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        LOG.info("the worker of slot '{}' says: {}", slot, line);
        if (line.startsWith("ready")) {
          trouble = "";
          telling.serving(slot);
          settled.complete(null);
          ready.complete(null);
        }
      }
    }
  }

  private long length() {
    try {
      return Files.size(log);
    } catch (IOException e) {
      return 0;
    }
  }

  /** The last line that it wrote to its log and that is not mere information. */
  private String lastWords(long before) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(before, file.length() - MOST_WORDS));
      byte[] written = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(written);
      return new String(written, UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !INFORMATION.matcher(line).find())
          .reduce((_, last) -> last)
          .orElse("it said nothing of why; see " + log);
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
