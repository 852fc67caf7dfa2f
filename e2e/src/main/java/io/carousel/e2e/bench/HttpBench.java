package io.carousel.e2e.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.carousel.agent.tls.HouseTls;
import io.carousel.events.AuthorityName;
import io.carousel.events.Word;
import io.carousel.orchestrator.documents.RotationStatus;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * The HTTP server of a whole node: what connections cost that say nothing, and who waits how long
 * while strangers flood it.
 */
public final class HttpBench implements Callable<List<Figure>> {
  /** Of one participant; it may have 256. */
  private static final int EACH = 240;

  /** So much of the heap a connection is counted for, where the node's bounds are made of it. */
  private static final double BYTES_OF_CONNECTION = 16 * 1024;

  private static final double BYTES_OF_MIB = 1024.0 * 1024;
  private static final int OPERATORS = 4;
  private static final String STATUS =
      "/v1/authorities/%s/rotation".formatted(AuthorityName.BUILT_IN);
  private static final String BUNDLE =
      "/v1/authorities/%s/bundle?after=0".formatted(AuthorityName.BUILT_IN);

  private final Settings settings;
  private final Consumer<String> progress;
  private final List<Figure> figures = new ArrayList<>();

  /** What is measured. */
  public enum Part implements Word {
    /** Connections of participants that say nothing. */
    IDLE("idle"),
    /** Connections of strangers that send half a request. */
    FLOOD("flood");

    private final String wire;

    Part(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /**
   * How.
   *
   * @param module the PKCS#11 module of SoftHSM
   * @param idle how many connections say nothing
   * @param floods how many send half a request, in each flood
   * @param look how long each state is watched
   */
  public record Settings(
      Path module, List<Part> parts, int idle, List<Integer> floods, Duration look) {
    /** Copies. */
    public Settings {
      parts = List.copyOf(parts);
      floods = List.copyOf(floods);
    }
  }

  /**
   * A benchmark that is not run yet.
   *
   * @param progress is told each step
   */
  public HttpBench(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  @Override
  public List<Figure> call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("carousel-bench");
    try (HttpNode node = HttpNode.in(folder, settings.module());
        HouseCalls calls = node.calls()) {
      progress.accept("the node receives participants at " + node.listener());
      int members = settings.parts().contains(Part.IDLE) ? 1 + settings.idle() / EACH : 1;
      List<SSLContext> shown = Attendance.of(node, calls, members);
      progress.accept("%d participants have their credentials".formatted(members));
      if (settings.parts().contains(Part.IDLE)) {
        idle(node, calls, shown);
      }
      if (settings.parts().contains(Part.FLOOD)) {
        for (int size : settings.floods()) {
          flood(node, calls, shown.getFirst(), size);
        }
      }
      return List.copyOf(figures);
    } finally {
      Opened.delete(folder);
    }
  }

  private void idle(HttpNode node, HouseCalls calls, List<SSLContext> shown)
      throws IOException, InterruptedException {
    double alone = statusesPerSecond(calls);
    long liveBefore = node.live();
    long residentBefore = node.residentMib();
    try (var crowd = new Crowd(node.listener(), Crowd.Manner.IDLE)) {
      long from = System.nanoTime();
      crowd.open(settings.idle(), number -> shown.get(number / EACH));
      progress.accept(
          "%,d connections were opened in %,d s, %,d failed"
              .formatted(
                  settings.idle(),
                  Duration.ofNanos(System.nanoTime() - from).toSeconds(),
                  crowd.failed()));
      long standing = node.standing();
      add("idle.standing", (double) standing, "", settings.idle());
      add(
          "idle.heap",
          (double) (node.live() - liveBefore) / Math.max(1, standing),
          "B each",
          BYTES_OF_CONNECTION);
      add(
          "idle.resident",
          (node.residentMib() - residentBefore) * BYTES_OF_MIB / Math.max(1, standing),
          "B each",
          BYTES_OF_CONNECTION);
      add("idle.status", statusesPerSecond(calls), "1/s", alone);
      add("idle.standing.after", (double) node.standing(), "", settings.idle());
    }
    while (node.standing() > 0) {
      Thread.sleep(100);
    }
  }

  private double statusesPerSecond(HouseCalls calls) throws InterruptedException {
    long end = System.nanoTime() + settings.look().toNanos();
    Callable<Integer> operator =
        () -> {
          int done = 0;
          while (System.nanoTime() - end < 0) {
            calls.get(STATUS, RotationStatus.class);
            done++;
          }
          return done;
        };
    int all = 0;
    try (var operators = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : operators.invokeAll(Collections.nCopies(OPERATORS, operator))) {
        all += each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an operator was not answered", e);
    }
    return all / (settings.look().toMillis() / 1e3);
  }

  private void flood(HttpNode node, HouseCalls calls, SSLContext shown, int size)
      throws IOException, InterruptedException {
    URI listener = node.listener();
    HttpClient kept = HttpClient.newBuilder().sslContext(shown).build();
    var probes = new TreeMap<String, Probe>();
    try (var opened = new Opened();
        var crowd = new Crowd(listener, Crowd.Manner.HALF)) {
      probes.put("operator", opened.add(Probe.of(() -> calls.get(STATUS, RotationStatus.class))));
      probes.put("participant", opened.add(Probe.of(() -> ask(kept, listener.resolve(BUNDLE)))));
      probes.put("participant.new", opened.add(Probe.of(() -> ask(shown, listener, BUNDLE))));
      probes.put(
          "stranger", opened.add(Probe.of(() -> ask(HouseTls.anybody(), listener, "/healthz"))));
      Thread.sleep(settings.look());
      measured(probes);
      Thread.sleep(settings.look());
      Map<String, Probe.Times> quiet = measured(probes);
      var most = new AtomicLong();
      try (Probe _ = Probe.of(() -> most.accumulateAndGet(node.standing(), Math::max))) {
        long from = System.nanoTime();
        crowd.open(size, _ -> HouseTls.anybody());
        progress.accept(
            "%,d half requests were sent within %,d s, %,d connections failed; resident %,d MiB"
                .formatted(
                    size,
                    Duration.ofNanos(System.nanoTime() - from).toSeconds(),
                    crowd.failed(),
                    node.residentMib()));
        Thread.sleep(settings.look());
      }
      Map<String, Probe.Times> flooded = measured(probes);
      String name = "flood.%d.".formatted(size);
      add(name + "standing", (double) most.get(), "", size);
      for (String who : quiet.keySet()) {
        add(name + who + ".p50", flooded.get(who).millis(), "ms", quiet.get(who).millis());
        add(name + who + ".p95", flooded.get(who).slow(), "ms", quiet.get(who).slow());
        add(name + who + ".failed", flooded.get(who).failed(), "", flooded.get(who).calls());
      }
    } finally {
      kept.shutdownNow();
      kept.close();
    }
    while (node.standing() > 0) {
      Thread.sleep(100);
    }
  }

  private static Map<String, Probe.Times> measured(Map<String, Probe> probes) {
    var all = new TreeMap<String, Probe.Times>();
    probes.forEach((who, probe) -> all.put(who, probe.times()));
    return all;
  }

  private static void ask(HttpClient client, URI where) throws IOException, InterruptedException {
    HttpResponse<Void> answer =
        client.send(
            HttpRequest.newBuilder(where).timeout(Duration.ofSeconds(20)).build(),
            BodyHandlers.discarding());
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode());
    }
  }

  /** Over a connection of its own. */
  private static void ask(SSLContext shows, URI where, String path) throws IOException {
    try (Socket socket = shows.getSocketFactory().createSocket(where.getHost(), where.getPort())) {
      socket.setSoTimeout(20_000);
      String request =
          "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      if (!answer.startsWith("HTTP/1.1 200")) {
        throw new IOException("no answer");
      }
    }
  }

  private void add(String name, double value, String unit, double baseline) {
    figures.add(Figure.of("http." + name, value, unit, baseline));
  }
}
