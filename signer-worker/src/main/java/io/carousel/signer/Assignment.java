package io.carousel.signer;

import io.carousel.events.AuthorRole;
import io.carousel.events.ClockWatch;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Author;
import io.carousel.events.seal.AuthorKeyFile;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.signer.config.WorkerConfig;
import io.carousel.signer.kafka.Connection;
import io.carousel.signer.kafka.EventsTail;
import io.carousel.signer.kafka.NotReady;
import io.carousel.signer.kafka.Preflight;
import io.carousel.signer.token.Token;
import io.carousel.signer.token.TokenConfig;
import io.carousel.signer.token.TokenException;
import io.carousel.signer.token.pkcs11.Pkcs11Token;
import io.carousel.signer.trust.Roll;
import io.carousel.signer.work.Tally;
import java.io.IOException;
import java.io.PrintStream;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one worker is given to do, from its configuration to its end. Everything that can be wrong
 * on this machine is found before Kafka is touched; everything that can be wrong in Kafka before a
 * command is taken.
 */
public final class Assignment {
  private static final Logger LOG = LoggerFactory.getLogger(Assignment.class);
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private final TokenDoor door;
  // Ends the worker: normally as asked, exceptionally because it cannot go on.
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /** With tokens behind PKCS#11. */
  public Assignment() {
    this(Pkcs11Token::open);
  }

  /** With tokens behind that door. */
  public Assignment(TokenDoor door) {
    this.door = door;
  }

  /** How a token is reached. */
  @FunctionalInterface
  public interface TokenDoor {
    /** Opens the token and logs in. */
    Token open(TokenConfig config) throws TokenException;
  }

  /** Asks it to finish what is in hand and to end. */
  public void stop() {
    end.complete(null);
  }

  private void setBack(Duration by) {
    fail(NotReady.clockSetBack(by));
  }

  private void fail(Throwable why) {
    end.completeExceptionally(why);
  }

  /**
   * Works until it is stopped or cannot go on.
   *
   * @param out gets one line that begins with {@code ready}
   * @param err gets what is wrong, in words
   * @return how it ended
   */
  public Exit run(WorkerConfig config, PrintStream out, PrintStream err) {
    try {
      work(config, out);
      return Exit.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Exit.DONE;
    } catch (CompletionException e) {
      return report(e.getCause(), err);
    } catch (Exception e) {
      return report(e, err);
    }
  }

  static Exit report(Throwable failure, PrintStream err) {
    Exit exit = Exit.of(failure);
    if (exit == Exit.FAULT) {
      LOG.error("a fault of this program; please report it", failure);
    }
    err.println("carousel worker: " + failure.getMessage());
    return exit;
  }

  private void work(WorkerConfig config, PrintStream out) throws Exception {
    KeyPair key = authorKey(config);
    try (var _ = ClockWatch.start(this::setBack);
        Token token = open(config)) {
      var connection = new Connection(config.bootstrapServers(), config.author());
      new Preflight(connection, config.slot()).await(config.startWithin(), end::isDone);
      var roll = new Roll(config.founder());
      try (var tail = new EventsTail(connection, roll, this::fail)) {
        HouseId house = tail.house(config.startWithin(), end::isDone);
        var author = new Author(house, config.author(), key);
        awaitEnrolment(config, author, roll, tail);
        consume(config, connection, token, author, roll, tail, out);
      }
    }
  }

  private void consume(
      WorkerConfig config,
      Connection connection,
      Token token,
      Author author,
      Roll roll,
      EventsTail tail,
      PrintStream out)
      throws Exception {
    if (end.isDone()) {
      end.join();
      return;
    }
    var tally = new Tally();
    try (var shift =
        Shift.begin(config, connection, token, author, roll, tail, tally, this::fail)) {
      out.printf(
          "ready: slot %s, worker %s, token '%s' with %d keys, log read to %d%n",
          config.slot(),
          author.name(),
          token.info().label(),
          token.list().keys().size(),
          roll.head().sequence());
      out.flush();
      watchEnrolment(config, author, roll, tail);
      end.join();
    } finally {
      LOG.info("worker {} of slot {} ends: {}", author.name(), config.slot(), tally);
    }
  }

  private Token open(WorkerConfig config) throws TokenException {
    Token token = door.open(config.token());
    LOG.info("token '{}' is open: {}", token.info().label(), token.info());
    return token;
  }

  private static KeyPair authorKey(WorkerConfig config) throws NotEnrolled {
    try {
      return AuthorKeyFile.readOrCreate(config.authorKey());
    } catch (IOException e) {
      throw new NotEnrolled(
          "the worker's own signing key ('author.keyFile') cannot be used: " + e.getMessage());
    }
  }

  /** Waits for as long as it takes: enrolling somebody is a decision of people. */
  private void awaitEnrolment(WorkerConfig config, Author author, Roll roll, EventsTail tail)
      throws NotEnrolled, InterruptedException {
    if (enrolled(config, author, roll)) {
      return;
    }
    LOG.info(
        "waiting to be enrolled as worker '{}' of slot '{}' with the key {}",
        author.name(),
        config.slot(),
        author.publicKey().base64());
    while (!end.isDone() && !enrolled(config, author, roll)) {
      tail.await(() -> end.isDone() || roll.author(author.name()).isPresent(), LOOK_AGAIN);
    }
  }

  private static boolean enrolled(WorkerConfig config, Author author, Roll roll)
      throws NotEnrolled {
    Optional<KnownAuthor> known = roll.author(author.name());
    if (known.isEmpty()) {
      return false;
    }
    KnownAuthor is = known.get();
    if (is.role() == AuthorRole.WORKER
        && is.slot().equals(Optional.of(config.slot()))
        && is.publicKey().equals(author.publicKey())) {
      return true;
    }
    throw new NotEnrolled(
        "'%s' is enrolled as %s of slot %s with the key %s, and this worker is of slot %s with the key %s; choose another 'author.name', or enrol it anew"
            .formatted(
                author.name(),
                is.role(),
                is.slot().map(s -> "'" + s + "'").orElse("none"),
                is.publicKey().base64(),
                config.slot(),
                author.publicKey().base64()));
  }

  private void watchEnrolment(WorkerConfig config, Author author, Roll roll, EventsTail tail) {
    Thread.ofVirtual()
        .name("enrolment")
        .start(() -> {
          try {
            while (!end.isDone()) {
              if (!enrolled(config, author, roll)) {
                throw new NotEnrolled(
                    "'%s' has been removed from the house's authors; enrol it anew, or leave it off"
                        .formatted(author.name()));
              }
              tail.await(() -> end.isDone() || changed(config, author, roll), LOOK_AGAIN);
            }
          } catch (NotEnrolled e) {
            fail(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static boolean changed(WorkerConfig config, Author author, Roll roll) {
    try {
      return !enrolled(config, author, roll);
    } catch (NotEnrolled e) {
      return true;
    }
  }
}
