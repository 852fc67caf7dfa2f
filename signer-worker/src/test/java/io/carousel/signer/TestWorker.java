package io.carousel.signer;

import static org.awaitility.Awaitility.await;

import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.token.Token;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A worker on a thread of the test's own process. */
final class TestWorker implements AutoCloseable {
  private final Assignment assignment;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final CompletableFuture<Exit> exit = new CompletableFuture<>();

  private TestWorker(Assignment assignment, WorkerConfig config) {
    this.assignment = assignment;
    Thread.ofPlatform()
        .name("worker-" + config.author())
        .start(() -> {
          try {
            exit.complete(assignment.run(config, stream(out), stream(err)));
          } catch (RuntimeException | Error e) {
            exit.completeExceptionally(e);
          }
        });
  }

  static TestWorker start(WorkerConfig config) {
    return new TestWorker(new Assignment(), config);
  }

  /** With that token instead of what the configuration says. */
  static TestWorker start(WorkerConfig config, Token token) {
    return new TestWorker(new Assignment(_ -> token), config);
  }

  /** Waits for the line 'ready'. */
  TestWorker ready() {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> out().contains("ready") || exit.isDone());
    if (!out().contains("ready")) {
      throw new AssertionError("ended with %s: %s".formatted(exit.join(), err()));
    }
    return this;
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** How it ended. */
  Exit exit() {
    return exit.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join();
  }

  boolean isRunning() {
    return !exit.isDone();
  }

  @Override
  public void close() {
    assignment.stop();
    exit();
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }
}
