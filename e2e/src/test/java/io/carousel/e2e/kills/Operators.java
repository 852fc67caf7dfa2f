package io.carousel.e2e.kills;

import io.carousel.e2e.node.Cli;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Operators that give commands without pause. Each command has a word of its own, and leaves it in
 * the log: a name that a token is for, or a reason.
 */
final class Operators implements AutoCloseable {
  private static final long PAUSE_MILLIS = 400;

  private final Path folder;
  private final Cli cli;
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> others = new ConcurrentHashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  Operators(Path folder, Cli cli) {
    this.folder = folder;
    this.cli = cli;
    this.thread = Thread.ofPlatform().start(this::run);
  }

  private void run() {
    try {
      for (int i = 0; !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); i++) {
        String word = "word-" + i + "-said";
        if (i % 3 == 0 && (gives(word, "start") || gives(word, "advance"))) {
          continue;
        }
        if (i % 20 == 19) {
          said("", "slot", "check", KilledNode.SLOTS.get(i % 2).value());
        }
        said(
            word,
            "fleet",
            "token",
            "create",
            "--authority=web",
            "--role=presents-client",
            "--name=" + word,
            "--ttl=7d",
            "--out=" + folder.resolve("token-" + i));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean gives(String word, String step) {
    return said(word, "rotation", step, "web", "--reason=" + word);
  }

  private boolean said(String word, String... command) {
    Cli.Ran ran = cli.run(command);
    boolean done = ran.status() == 0;
    if (!done) {
      others.merge(ran.err().replaceAll("word-\\d+-said", "…").strip(), 1, Integer::sum);
    } else if (!word.isEmpty()) {
      acknowledged.add(word);
    }
    return done;
  }

  /** The words of all that was acknowledged. */
  Set<String> acknowledged() {
    return new HashSet<>(acknowledged);
  }

  /** How many commands were refused, or have an outcome that nobody knows, for which reason. */
  Map<String, Integer> others() {
    return others;
  }

  @Override
  public void close() throws InterruptedException {
    stop.countDown();
    thread.join(Duration.ofMinutes(2));
  }
}
