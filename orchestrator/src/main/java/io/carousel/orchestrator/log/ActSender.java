package io.carousel.orchestrator.log;

import io.carousel.events.Act;
import io.carousel.events.CommandId;
import io.carousel.events.Reply;
import io.carousel.events.seal.Author;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Asks the owner, wherever it runs, and hears what it says. Thread-safe. */
public final class ActSender implements AutoCloseable {
  /** Under that author's name; answers are checked against that chronicle. */
  public ActSender(Cluster cluster, Author author, Chronicle<?> chronicle) {
    throw new UnsupportedOperationException("not there yet");
  }

  /**
   * Asks. The same id and act may be asked any number of times, through any instance, and is
   * decided once.
   *
   * @return the reply, once this instance's chronicle holds what it speaks of; fails with {@link
   *     Unanswered} if none came in time
   */
  public CompletableFuture<Reply> ask(CommandId command, Act act, Duration patience) {
    return CompletableFuture.failedFuture(new Unanswered(command, patience));
  }

  @Override
  public void close() {}
}
