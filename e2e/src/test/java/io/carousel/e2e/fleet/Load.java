package io.carousel.e2e.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All clients call their servers without pause, with what their agents have given them. */
final class Load implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What else the machine has to do, it shall get done too. */
  private static final long PAUSE_MILLIS = 100;

  private final Map<Kind, Map<String, Integer>> made = new EnumMap<>(Kind.class);
  private int resumed;
  private final List<String> failures = new ArrayList<>();
  private final CountDownLatch silence = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  /** One line of a kind; each ends before the next begins. */
  void add(Kind kind, Exchange exchange, Host client) {
    synchronized (made) {
      made.put(kind, new TreeMap<>());
    }
    threads.add(Thread.ofPlatform().name(kind.client()).start(() -> run(kind, exchange, client)));
  }

  private void run(Kind kind, Exchange exchange, Host client) {
    try {
      while (!silence.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        once(kind, exchange, client);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once(Kind kind, Exchange exchange, Host client) {
    try {
      String password = kind == Kind.JVM ? client.password() : "";
      Exchange.Made done = exchange.make(client.set(), password);
      synchronized (made) {
        made.get(kind).merge(done.toString(), 1, Integer::sum);
        resumed += done.resumed() ? 1 : 0;
      }
    } catch (Exchange.Failed | java.io.IOException | RuntimeException e) {
      synchronized (made) {
        failures.add("%s: %s %s".formatted(kind, e, e.getCause()));
      }
    }
  }

  /** Waits until each kind has made so many more; no failure may be among them. */
  void more(int each) {
    Map<Kind, Integer> from = totals();
    await()
        .atMost(PATIENCE)
        .until(() ->
            !failures().isEmpty()
                || totals().entrySet().stream()
                    .allMatch(e -> e.getValue() >= from.get(e.getKey()) + each));
    assertThat(failures()).isEmpty();
  }

  private Map<Kind, Integer> totals() {
    var totals = new EnumMap<Kind, Integer>(Kind.class);
    synchronized (made) {
      made.forEach(
          (kind, by) -> totals.put(kind, by.values().stream().mapToInt(Integer::intValue).sum()));
    }
    return totals;
  }

  int total() {
    return totals().values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many of them went on with a session of one before. */
  int resumed() {
    synchronized (made) {
      return resumed;
    }
  }

  List<String> failures() {
    synchronized (made) {
      return List.copyOf(failures);
    }
  }

  /** For people, a line for each kind. */
  String summary() {
    synchronized (made) {
      var text = new StringBuilder();
      made.forEach((kind, by) -> text.append("%-10s %s%n".formatted(kind, by)));
      return text.toString();
    }
  }

  @Override
  public void close() throws InterruptedException {
    silence.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
