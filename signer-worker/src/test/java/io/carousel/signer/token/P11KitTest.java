package io.carousel.signer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.carousel.signer.token.SignUnderLoad.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A token in another process, which is killed and started again while four threads sign. */
class P11KitTest {
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Milliseconds: longer than any call may take, by far; a call that hangs takes for ever. */
  private static final long HANGS = 20_000;

  @TempDir private Path directory;
  private P11KitServer server;
  private Supervised program;

  @BeforeEach
  void serve() throws Exception {
    TokenConfig config = SoftHsm.newToken(directory);
    server = new P11KitServer(config.module(), directory, Map.of());
    program = new Supervised(P11KitServer.client(), config);
    server.start();
  }

  @AfterEach
  void stop() {
    program.close();
    server.close();
  }

  /** A program, started again whenever it asks for that: what a service manager does. */
  private final class Supervised implements AutoCloseable {
    private final Path client;
    private final TokenConfig config;
    private String[] options = {};
    private ChildJvm child;
    private Report past = Report.NOTHING;
    private int restarts;

    Supervised(Path client, TokenConfig config) {
      this.client = client;
      this.config = config;
    }

    void start(String... chosen) throws Exception {
      options = chosen;
      child = begin();
    }

    private ChildJvm begin() throws Exception {
      String[] arguments = new String[3 + options.length];
      arguments[0] = client.toString();
      arguments[1] = config.tokenLabel();
      arguments[2] = config.pinFile().toString();
      System.arraycopy(options, 0, arguments, 3, options.length);
      return ChildJvm.start(SignUnderLoad.class, directory, server.address(), arguments);
    }

    Report report() throws Exception {
      if (child.status().orElse(0) == SignUnderLoad.AGAIN) {
        past = past.plus(last(child.kill()));
        restarts++;
        child = begin();
      }
      return past.plus(last(child.lines()));
    }

    /** Whether the last quarter of a second was about as fast as that. */
    boolean isAsFastAs(double rate) throws Exception {
      report();
      List<String> lines = child.lines();
      return lines.size() > 10
          && rate(Report.parse(lines.get(lines.size() - 11)), last(lines)) > rate / 2;
    }

    Report awaitReport(Predicate<Report> wanted) {
      AtomicReference<Report> seen = new AtomicReference<>();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            seen.set(report());
            assertThat(seen.get()).matches(wanted);
          });
      return seen.get();
    }

    @Override
    public void close() {
      if (child != null) {
        child.close();
      }
    }
  }

  private static Report last(List<String> lines) {
    return lines.isEmpty() ? Report.NOTHING : Report.parse(lines.getLast());
  }

  private static double rate(Report from, Report to) {
    return (to.good() - from.good()) / seconds(from.at(), to.at());
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }

  private static void check(Report report) {
    assertThat(report.wrong()).as("wrong signatures").isZero();
    assertThat(report.others()).as("other answers than unavailable").isEmpty();
    assertThat(report.longest()).as("milliseconds of the longest call").isLessThan(HANGS);
  }

  /**
   * With several sessions on its one connection, the client module of p11-kit 0.24 sometimes never
   * returns from a call that was under way when the server died; then the program is started again.
   */
  @ParameterizedTest(name = "{0} sessions")
  @ValueSource(ints = {1, 4})
  void goesOnByItselfWheneverTheTokenIsBack(int sessions) throws Exception {
    program.start(Integer.toString(sessions));
    for (int round = 0; round < ROUNDS; round++) {
      killAndStart("%d sessions, round %d".formatted(sessions, round));
    }
    check(program.report());
    if (sessions == 1) {
      assertThat(program.restarts).isZero();
    }
  }

  @Test
  void aTokenThatIsAwayWhenAWorkerStartsIsUnavailableAndNotMissing() throws Exception {
    server.kill();

    program.start("1");
    program.awaitReport(_ -> program.restarts > 1);
    server.start();

    check(program.awaitReport(now -> now.good() > 10));
  }

  @Test
  void aTokenThatHangsWhenAWorkerStartsIsToldToo() throws Exception {
    server.freeze();

    program.start("1");
    program.awaitReport(_ -> program.restarts > 0);
    server.thaw();

    check(program.awaitReport(now -> now.good() > 10));
  }

  private void killAndStart(String name) throws Exception {
    Report before = program.awaitReport(now -> now.good() > 0);
    Report running = program.awaitReport(now -> now.good() > before.good() + 100);
    int restarts = program.restarts;

    server.kill();
    // every thread has come back several times with the same answer, or several processes have
    program.awaitReport(now ->
        now.unavailable() > running.unavailable() + 3 * SignUnderLoad.THREADS
            || program.restarts > restarts + 1);
    Report away = program.report();
    check(away);

    long back = System.nanoTime();
    server.start();
    double first = seconds(back, program.awaitReport(now -> now.good() > away.good()).at());
    await().atMost(PATIENCE).until(() -> program.isAsFastAs(rate(before, running)));
    System.out.printf(
        "p11-kit server killed, %s: started again, %.2f s to the first signature, %.2f s to full "
            + "rate, %d restarts of the program%n",
        name, first, seconds(back, program.report().at()), program.restarts - restarts);
    check(program.report());
  }

  @Test
  void whoeverWaitsForATokenThatHangsIsToldAndItGoesOnWhenTheTokenDoes() throws Exception {
    program.start("2", "stay");
    Report before = program.awaitReport(now -> now.good() > 100);

    server.freeze();
    Report frozen = program.awaitReport(now -> now.unavailable() > before.unavailable() + 3);
    assertThat(frozen.longest()).as("milliseconds of the longest call").isGreaterThan(3000);
    server.thaw();

    Report after = program.awaitReport(now -> now.good() > frozen.good() + 100);
    check(after);
    assertThat(program.restarts).isZero();
  }

  @Test
  void whoeverCanEndTheProcessIsToldThatTheModuleHangs() throws Exception {
    program.start("2");
    program.awaitReport(now -> now.good() > 100);

    server.freeze();
    program.awaitReport(_ -> program.restarts > 0);
    server.thaw();

    Report then = program.report();
    check(program.awaitReport(now -> now.good() > then.good() + 100));
  }
}
