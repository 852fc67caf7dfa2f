package io.carousel.agent.service;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program with its arguments; no shell reads them.
 *
 * @param timeout after which it is killed, with all that it has started
 */
public record Command(List<String> words, Duration timeout) {
  /**
   * Makes the program the leader of a process group of its own, so that the group can be killed.
   */
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /** Copies. */
  public Command {
    words = List.copyOf(words);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("a command needs a program to run");
    }
  }

  /** The same with more arguments. */
  Command with(String... more) {
    var all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new Command(all, timeout);
  }

  /**
   * How it ended.
   *
   * @param lines the last of what it said
   * @param said the same as the end of a sentence
   */
  record Ended(int status, List<String> lines, String said) {}

  /**
   * Runs it to its end.
   *
   * @param environment beside this process's own
   * @throws ServiceFailure if it cannot be started, ends with another status than 0, or takes too
   *     long; with the last lines of what it said
   */
  public void run(Map<String, String> environment) throws ServiceFailure, InterruptedException {
    Ended ended = end(environment);
    if (ended.status() != 0) {
      throw new ServiceFailure(
          "'%s' ended with status %d%s".formatted(this, ended.status(), ended.said()));
    }
  }

  /**
   * Runs it to its end, whatever that is.
   *
   * @param environment beside this process's own
   * @throws ServiceFailure if it cannot be started, or takes too long
   */
  Ended end(Map<String, String> environment) throws ServiceFailure, InterruptedException {
    Process process = start(environment);
    Tail tail = Tail.of(process.getInputStream());
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        kill(process);
        throw new ServiceFailure(
            "'%s' was killed since it had not ended after %s%s"
                .formatted(this, text(timeout), tail.said()));
      }
    } catch (InterruptedException e) {
      kill(process);
      throw e;
    }
    return new Ended(process.exitValue(), tail.lines(), tail.said());
  }

  private Process start(Map<String, String> environment) throws ServiceFailure {
    var all = new ArrayList<String>();
    if (Files.isExecutable(SETSID)) {
      all.add(SETSID.toString());
    }
    all.addAll(words);
    var builder = new ProcessBuilder(all).redirectErrorStream(true);
    builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new ServiceFailure("'%s' cannot be run: %s".formatted(this, e.getMessage()), e);
    }
  }

  /** The whole group, and what has left it but is still below the program. */
  private static void kill(Process process) throws InterruptedException {
    List<ProcessHandle> below = process.descendants().toList();
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -9 -" + process.pid())
          .redirectErrorStream(true)
          .redirectOutput(Redirect.DISCARD)
          .start()
          .waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      // Without a shell there is still what follows.
    }
    below.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
  }

  static String text(Duration span) {
    return span.toMillis() % 1000 == 0
        ? span.toSeconds() + " s"
        : "%d ms".formatted(span.toMillis());
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
