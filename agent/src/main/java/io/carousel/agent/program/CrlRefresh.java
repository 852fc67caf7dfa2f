package io.carousel.agent.program;

import io.carousel.agent.HouseException;
import io.carousel.agent.UnfitMaterial;
import io.carousel.agent.output.AuthorityOutputs;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for new CRLs of one authority on a schedule of their own. */
final class CrlRefresh implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CrlRefresh.class);

  private static final Duration RETRY = Duration.ofSeconds(30);

  private final AuthorityOutputs outputs;
  private final Duration every;
  private volatile Optional<String> problem = Optional.empty();
  private Thread thread;

  private CrlRefresh(AuthorityOutputs outputs, Duration every) {
    this.outputs = outputs;
    this.every = every;
  }

  static CrlRefresh start(AuthorityOutputs outputs, Duration every) {
    var refresh = new CrlRefresh(outputs, every);
    refresh.thread = Thread.ofVirtual().name("CRLs of " + outputs.authority()).start(refresh::run);
    return refresh;
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(problem.isPresent() && RETRY.compareTo(every) < 0 ? RETRY : every);
        now();
      }
    } catch (InterruptedException e) {
      LOG.debug("CRLs of '{}' are looked for no more", outputs.authority());
    }
  }

  void now() throws InterruptedException {
    try {
      outputs.refreshCompanions();
      problem = Optional.empty();
    } catch (HouseException | UnfitMaterial e) {
      Optional<String> now = Optional.of(e.getMessage());
      if (!now.equals(problem)) {
        LOG.warn("CRLs of authority '{}': {}", outputs.authority(), e.getMessage());
      }
      problem = now;
    } catch (RuntimeException e) {
      LOG.error("CRLs of authority '{}' make trouble", outputs.authority(), e);
      problem = Optional.of(e.toString());
    }
  }

  Optional<String> problem() {
    return problem;
  }

  @Override
  public void close() throws InterruptedException {
    thread.interrupt();
    thread.join(RETRY);
  }
}
