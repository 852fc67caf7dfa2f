package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenUnavailable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Sees calls into the module that do not come back. Nothing can end such a call but the end of the
 * process: C_Finalize under a running call is undefined (PKCS#11 2.40, section 5.4). So this one
 * only tells: once for each time that the module hangs, and everyone who asks while it does.
 */
final class Watchdog implements AutoCloseable {
  /** Making a key may take a token that much longer than signing with it; so may a start. */
  private static final int LONGER = 5;

  private static final int LOOKS_PER_LIMIT = 4;

  private final TokenConfig config;
  private final Consumer<TokenUnavailable> listener;

  /** When each thread must be back at the latest, by the nanosecond clock. */
  private final Map<Thread, Long> underWay = new ConcurrentHashMap<>();

  private final Thread watcher;
  private volatile boolean closed;
  private volatile boolean hung;

  Watchdog(TokenConfig config, Consumer<TokenUnavailable> listener) {
    this.config = config;
    this.listener = listener;
    this.watcher =
        Thread.ofPlatform()
            .daemon()
            .name("watchdog of token '%s'".formatted(config.tokenLabel()))
            .start(this::watch);
  }

  /** This thread is about to call the module, for something that may take longer or not. */
  void began(boolean longer) {
    Duration limit = config.hangsAfter().multipliedBy(longer ? LONGER : 1);
    underWay.put(Thread.currentThread(), System.nanoTime() + limit.toNanos());
  }

  /** This thread has come back. */
  void ended() {
    underWay.remove(Thread.currentThread());
  }

  private void watch() {
    while (!closed) {
      LockSupport.parkNanos(this, config.hangsAfter().toNanos() / LOOKS_PER_LIMIT);
      boolean before = hung;
      hung = overdue() > 0;
      if (hung && !before) {
        listener.accept(unavailable("go on"));
      }
    }
  }

  private long overdue() {
    long now = System.nanoTime();
    return underWay.values().stream().filter(due -> now - due > 0).count();
  }

  /** Why not to wait any longer, if the module hangs. */
  Optional<TokenUnavailable> bark(String what) {
    return hung ? Optional.of(unavailable(what)) : Optional.empty();
  }

  /** What to tell who has waited too long for others' calls to come back. */
  TokenUnavailable unavailable(String what) {
    return new TokenUnavailable(
        ("cannot %s: %d calls into module %s have not come back for more than %d seconds; check "
                + "the HSM and its connection, and if they stay away, start this worker again: "
                + "nothing else ends a call that hangs")
            .formatted(what, overdue(), config.module(), config.hangsAfter().toSeconds()),
        null);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watcher);
  }
}
