package io.carousel.signer.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.carousel.events.Suite;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that signs in several threads until its standard input ends, verifies every signature,
 * and prints a {@link Report} many times a second. When the module hangs, or the token is away at
 * the start, it does as a worker may: it ends at once with a status of its own, to be started
 * again. Arguments: module, token label, PIN file, sessions, and {@code stay} if it is not to end.
 */
public final class SignUnderLoad {
  static final int THREADS = 4;

  /** Exit status of a process that is to be started again. */
  static final int AGAIN = 75;

  private static final Duration HANGS_AFTER = Duration.ofSeconds(3);
  private static final Duration REPORT_EVERY = Duration.ofMillis(25);

  /** Where there is no token, a worker does not ask at once either. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Token token;
  private final List<TokenKey> keys;
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();
  private final AtomicInteger unavailable = new AtomicInteger();
  private final List<String> others = new ArrayList<>();

  /** When the call under way in each thread began. */
  private final ConcurrentHashMap<Integer, Long> underWay = new ConcurrentHashMap<>();

  private final AtomicLong longest = new AtomicLong();

  /**
   * What has happened so far.
   *
   * @param at nanosecond clock of the machine
   * @param good signatures that verified
   * @param wrong signatures that did not
   * @param unavailable calls that ended so
   * @param longest milliseconds that the longest call took, those under way included
   * @param others what else calls ended with; empty if nothing
   */
  record Report(long at, int good, int wrong, int unavailable, long longest, String others) {
    static final Report NOTHING = new Report(0, 0, 0, 0, 0, "");

    /** Of several processes, one after the other, or at the same time. */
    Report plus(Report later) {
      return new Report(
          Math.max(at, later.at),
          good + later.good,
          wrong + later.wrong,
          unavailable + later.unavailable,
          Math.max(longest, later.longest),
          others + later.others);
    }

    static Report parse(String line) {
      String[] part = line.split(" ", 6);
      return new Report(
          Long.parseLong(part[0]),
          Integer.parseInt(part[1]),
          Integer.parseInt(part[2]),
          Integer.parseInt(part[3]),
          Long.parseLong(part[4]),
          part[5]);
    }

    @Override
    public String toString() {
      return "%d %d %d %d %d %s".formatted(at, good, wrong, unavailable, longest, others);
    }
  }

  private SignUnderLoad(Token token) throws TokenException {
    this.token = token;
    this.keys = new ArrayList<>();
    for (Suite suite : List.of(Suite.ECDSA_P256, Suite.ECDSA_P384, Suite.RSA_2048)) {
      Optional<TokenKey> made = token.findByLabel("command-" + suite);
      keys.add(
          made.isPresent()
              ? made.get()
              : token.generate(Verified.freshId(), "command-" + suite, suite));
    }
  }

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    TokenConfig config =
        new TokenConfig(
            Path.of(arguments[0]),
            arguments[1],
            Optional.empty(),
            Path.of(arguments[2]),
            Integer.parseInt(arguments[3]),
            Optional.empty(),
            false,
            HANGS_AFTER);
    boolean stay = arguments.length > 4;
    try (Token token = Pkcs11Token.open(config, _ -> end(stay))) {
      new SignUnderLoad(token).run();
    } catch (TokenUnavailable e) {
      end(false);
    }
  }

  private static void end(boolean stay) {
    if (!stay) {
      Runtime.getRuntime().halt(AGAIN);
    }
  }

  private void run() throws InterruptedException {
    Thread end = Thread.ofPlatform().start(SignUnderLoad::awaitEnd);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int seed = i;
      threads.add(Thread.ofPlatform().start(() -> signUntil(end, seed)));
    }
    while (!end.join(REPORT_EVERY)) {
      System.out.println(report());
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(report());
  }

  private static void awaitEnd() {
    try {
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // that is an end too
    }
  }

  private synchronized Report report() {
    long now = System.nanoTime();
    long oldest = underWay.values().stream().mapToLong(began -> now - began).max().orElse(0);
    return new Report(
        now,
        good.get(),
        wrong.get(),
        unavailable.get(),
        Duration.ofNanos(Math.max(oldest, longest.get())).toMillis(),
        String.join("; ", others));
  }

  private void signUntil(Thread end, int seed) {
    for (int i = seed; end.isAlive(); i++) {
      TokenKey key = keys.get(i % keys.size());
      byte[] message = "message %d of %d".formatted(i, seed).getBytes(UTF_8);
      long began = System.nanoTime();
      underWay.put(seed, began);
      try {
        byte[] signature = token.sign(key.id(), key.suite(), message);
        (Verified.by(key, message, signature) ? good : wrong).incrementAndGet();
      } catch (TokenUnavailable e) {
        unavailable.incrementAndGet();
        LockSupport.parkNanos(PAUSE.toNanos());
      } catch (TokenException | RuntimeException e) {
        note(e.toString());
        LockSupport.parkNanos(PAUSE.toNanos());
      } finally {
        underWay.remove(seed);
        longest.accumulateAndGet(System.nanoTime() - began, Math::max);
      }
    }
  }

  private synchronized void note(String fault) {
    if (!others.contains(fault)) {
      others.add(fault);
    }
  }
}
