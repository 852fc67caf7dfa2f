package io.carousel.signer.token.pkcs11;

import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.TokenRefused;
import io.carousel.signer.token.TokenUnavailable;
import io.carousel.signer.token.TokenUnusable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.xipki.pkcs11.wrapper.PKCS11Exception;
import org.xipki.pkcs11.wrapper.Session;

/**
 * Hands each piece of work a session of its own, and mends what breaks: by another session, another
 * login, or another initialisation of the module, in this order.
 *
 * <p>Work runs under the module's read lock, mending under its write lock, so that nobody is inside
 * a call while handles become void. A session that saw any exception is closed, because an
 * operation may be left active in it and would be finished by the next caller with the wrong key.
 */
final class Sessions implements AutoCloseable {
  private static final int ATTEMPTS = 4;
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** How often those who wait look whether the module hangs. */
  private static final Duration LOOK = Duration.ofSeconds(5);

  /** After mending failed, others do not try for this long: they would queue up behind it. */
  private static final Duration REST = Duration.ofMillis(500);

  private final Cryptoki cryptoki;
  private final TokenConfig config;
  private final WrongPin wrongPin;
  private final Semaphore permits;
  private final Watchdog watchdog;
  private final LongAdder logins = new LongAdder();
  private final LongAdder reinitialisations = new LongAdder();
  private final LongAdder retries = new LongAdder();

  /** Guarded by the module's lock. */
  private Login login;

  private volatile boolean closed;

  /** The last failure to mend, and when by the nanosecond clock; guarded by the write lock. */
  private TokenUnavailable failure;

  private long failedAt;

  private Sessions(Cryptoki cryptoki, TokenConfig config, Watchdog watchdog) {
    this.cryptoki = cryptoki;
    this.config = config;
    this.wrongPin = new WrongPin(config);
    this.permits = new Semaphore(config.sessions(), true);
    this.watchdog = watchdog;
  }

  /** Work on one token by one thread. */
  interface Work<T> {
    /**
     * @param attempt 0 for the first; after that, an earlier attempt may have taken effect
     */
    T on(Login login, Session session, int attempt) throws PKCS11Exception, TokenException;
  }

  /**
   * Loads the module, finds the token and logs in.
   *
   * @param hangs is told when the module hangs
   */
  static Sessions open(TokenConfig config, Consumer<TokenUnavailable> hangs) throws TokenException {
    Watchdog watchdog = new Watchdog(config, hangs);
    watchdog.began(true); // a person may have to type the PIN
    boolean done = false;
    try {
      Cryptoki cryptoki = Cryptoki.acquire(config.module(), config.reserved());
      Sessions sessions = new Sessions(cryptoki, config, watchdog);
      sessions.begin();
      done = true;
      return sessions;
    } finally {
      watchdog.ended();
      if (!done) {
        watchdog.close();
      }
    }
  }

  private void begin() throws TokenException {
    Lock lock = cryptoki.lock().writeLock();
    lock.lock();
    try {
      logIn(null);
    } catch (PKCS11Exception e) {
      throw Failures.of("log in to token '%s'".formatted(config.tokenLabel()), e);
    } finally {
      lock.unlock();
      if (login == null) {
        cryptoki.release();
      }
    }
  }

  /**
   * Runs it, again if need be, until it is done or nothing helps; work that ended with an {@link
   * OutcomeUnknown} not again.
   */
  <T> T run(String what, boolean mayWrite, Work<T> work) throws TokenException {
    patiently(what, permits::tryAcquire);
    try {
      for (int attempt = 0; ; attempt++) {
        Attempt<T> outcome = attempt(what, mayWrite, work, attempt);
        if (outcome.failure() == null) {
          return outcome.result();
        }
        mend(what, outcome, attempt);
        if (outcome.failure() instanceof OutcomeUnknown) {
          throw Failures.unknown(what, outcome.failure());
        }
        retries.increment();
      }
    } finally {
      permits.release();
    }
  }

  private interface Wait {
    boolean atMost(long time, TimeUnit unit) throws InterruptedException;
  }

  /** Waits, in order, for others' calls to come back; but not for those that never will. */
  private void patiently(String what, Wait wait) throws TokenUnavailable {
    boolean interrupted = false;
    try {
      while (!isOver(wait, LOOK)) {
        interrupted |= Thread.interrupted();
        Optional<TokenUnavailable> hangs = watchdog.bark(what);
        if (hangs.isPresent()) {
          throw hangs.get();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether the wait came to its end; an interrupt ends only this turn of it. */
  private static boolean isOver(Wait wait, Duration longest) {
    try {
      return wait.atMost(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private record Attempt<T>(T result, PKCS11Exception failure, Login login) {}

  private <T> Attempt<T> attempt(String what, boolean mayWrite, Work<T> work, int attempt)
      throws TokenException {
    Lock lock = cryptoki.lock().readLock();
    patiently(what, lock::tryLock);
    try {
      watchdog.began(mayWrite);
      if (closed) {
        throw new TokenRefused(
            TokenRefused.Reason.CLOSED, "token '%s' is closed".formatted(config.tokenLabel()));
      }
      if (login.isStale()) {
        return new Attempt<>(null, Failures.sessionsGone(), login);
      }
      return new Attempt<>(inSession(mayWrite, work, attempt), null, login);
    } catch (PKCS11Exception e) {
      return new Attempt<>(null, e, login);
    } finally {
      watchdog.ended();
      lock.unlock();
    }
  }

  private <T> T inSession(boolean mayWrite, Work<T> work, int attempt)
      throws PKCS11Exception, TokenException {
    Session session = mayWrite ? login.fresh(true) : login.take();
    boolean sound = false;
    try {
      T result = work.on(login, session, attempt);
      sound = !mayWrite;
      return result;
    } finally {
      if (sound) {
        login.giveBack(session);
      } else {
        Login.discard(session);
      }
    }
  }

  private void mend(String what, Attempt<?> outcome, int attempt) throws TokenException {
    PKCS11Exception why = outcome.failure();
    Remedy remedy = Remedy.of(why.getErrorCode()).after(attempt);
    if (remedy == Remedy.GIVE_UP || remedy == Remedy.REFUSE || attempt + 1 == ATTEMPTS) {
      throw Failures.of(what, why);
    }
    switch (remedy) {
      case RETRY -> LockSupport.parkNanos(PAUSE.toNanos() << attempt);
      case LOG_IN, REINITIALISE -> recover(what, outcome.login(), remedy);
      case NEW_SESSION, GIVE_UP, REFUSE -> {}
    }
  }

  private void recover(String what, Login seen, Remedy remedy) throws TokenException {
    Lock lock = cryptoki.lock().writeLock();
    patiently(what, lock::tryLock);
    try {
      watchdog.began(false);
      if (closed || login != seen) {
        return; // somebody has mended it, or ended it
      }
      if (failure != null && System.nanoTime() - failedAt < REST.toNanos()) {
        throw new TokenUnavailable(failure.getMessage(), failure.getCause());
      }
      recoverNow(what, remedy);
      failure = null;
    } finally {
      watchdog.ended();
      lock.unlock();
    }
  }

  private void recoverNow(String what, Remedy remedy) throws TokenException {
    try {
      // a module that others initialised anew needs only a new login
      if ((remedy == Remedy.LOG_IN || login.isStale()) && loggedInAgain(what)) {
        return;
      }
      reinitialisations.increment();
      login.end();
      cryptoki.reinitialise();
      logIn(null);
    } catch (PKCS11Exception e) {
      throw hopeless(e) ? Failures.of(what, e) : notBack(what, e);
    } catch (TokenUnavailable e) {
      throw notBack(what, e);
    } catch (TokenUnusable e) {
      if (e.fault() == TokenUnusable.Fault.TOKEN_MISSING) {
        throw notBack(what, e);
      }
      throw e;
    }
  }

  private TokenUnavailable notBack(String what, Exception why) {
    failure =
        new TokenUnavailable(
            ("cannot %s: token '%s' is gone and did not come back when module %s was initialised "
                    + "anew (%s); check the HSM and its connection")
                .formatted(what, config.tokenLabel(), cryptoki, why.getMessage()),
            why);
    failedAt = System.nanoTime();
    return failure;
  }

  /** Whether it would be wrong to try again by stronger means. */
  private static boolean hopeless(PKCS11Exception why) {
    return Remedy.of(why.getErrorCode()) == Remedy.GIVE_UP;
  }

  /** Whether a new login was enough. */
  private boolean loggedInAgain(String what) throws TokenException {
    try {
      logIn(login);
      return true;
    } catch (PKCS11Exception e) {
      if (hopeless(e)) {
        throw Failures.of(what, e);
      }
      return false;
    } catch (TokenUnavailable e) {
      return false; // what is there may show when the module is initialised anew
    } catch (TokenUnusable e) {
      if (e.fault() == TokenUnusable.Fault.TOKEN_MISSING) {
        return false; // slots may have moved: initialising anew shows
      }
      throw e;
    }
  }

  private void logIn(Login before) throws PKCS11Exception, TokenUnavailable, TokenUnusable {
    login = before == null ? Login.open(cryptoki, config, wrongPin) : before.again();
    logins.increment();
  }

  long logins() {
    return logins.sum();
  }

  long reinitialisations() {
    return reinitialisations.sum();
  }

  long retries() {
    return retries.sum();
  }

  /**
   * Waits for work under way, closes all sessions, and gives the module back; if the module hangs,
   * everything in it is left as it is.
   */
  @Override
  public void close() {
    Lock lock = cryptoki.lock().writeLock();
    try {
      patiently("close token '%s'".formatted(config.tokenLabel()), lock::tryLock);
    } catch (TokenUnavailable e) {
      closed = true;
      watchdog.close();
      return;
    }
    try {
      if (closed) {
        return;
      }
      closed = true;
      watchdog.close();
      login.end();
    } finally {
      lock.unlock();
    }
    cryptoki.release();
  }
}
