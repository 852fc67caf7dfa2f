package io.carousel.e2e.bench;

import io.carousel.events.Bytes;
import io.carousel.events.KeyId;
import io.carousel.events.Suite;
import io.carousel.signer.Assignment;
import io.carousel.signer.Exit;
import io.carousel.signer.Worker;
import io.carousel.signer.token.Inventory;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenCounters;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenInfo;
import io.carousel.signer.token.TokenKey;
import io.carousel.signer.token.TokenReport;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * A worker whose HSM is far away: each signature holds one of the token's sessions for a while
 * before it is made. Everything else is the worker's own.
 *
 * <pre>
 * MILLISECONDS SESSIONS and then what a worker takes
 * </pre>
 */
public final class SlowWorker {
  private SlowWorker() {}

  /** Runs until its parent is gone, or it is killed. */
  public static void main(String[] args) {
    Duration delay = Duration.ofMillis(Long.parseLong(args[0]));
    int sessions = Integer.parseInt(args[1]);
    var assignment =
        new Assignment(
            config -> new FarToken(Pkcs11Token.open(config), delay, new Semaphore(sessions)));
    String[] rest = java.util.Arrays.copyOfRange(args, 2, args.length);
    Exit exit = new Worker(assignment).run(System.out, System.err, rest);
    Runtime.getRuntime().halt(exit.code());
  }

  private record FarToken(Token token, Duration delay, Semaphore sessions) implements Token {
    @Override
    public byte[] sign(KeyId id, Suite suite, byte[] message) throws TokenException {
      sessions.acquireUninterruptibly();
      try {
        long until = System.nanoTime() + delay.toNanos();
        byte[] signature = token.sign(id, suite, message);
        for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        return signature;
      } finally {
        sessions.release();
      }
    }

    @Override
    public TokenInfo info() {
      return token.info();
    }

    @Override
    public Set<Suite> suites() {
      return token.suites();
    }

    @Override
    public Optional<TokenKey> findByLabel(String label) throws TokenException {
      return token.findByLabel(label);
    }

    @Override
    public Optional<TokenKey> find(KeyId id) throws TokenException {
      return token.find(id);
    }

    @Override
    public Optional<TokenReport.Key> protection(KeyId id) throws TokenException {
      return token.protection(id);
    }

    @Override
    public Inventory list() throws TokenException {
      return token.list();
    }

    @Override
    public TokenKey generate(KeyId id, String label, Suite suite) throws TokenException {
      return token.generate(id, label, suite);
    }

    @Override
    public boolean destroy(KeyId id, Bytes publicKey) throws TokenException {
      return token.destroy(id, publicKey);
    }

    @Override
    public TokenReport inspect() throws TokenException {
      return token.inspect();
    }

    @Override
    public TokenCounters counters() {
      return token.counters();
    }

    @Override
    public void close() {
      token.close();
    }
  }
}
