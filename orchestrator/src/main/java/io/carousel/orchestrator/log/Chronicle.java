package io.carousel.orchestrator.log;

import io.carousel.events.AuthorName;
import io.carousel.events.CommandId;
import io.carousel.events.Reply;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What is committed, as far as this instance knows. Thread-safe. */
public interface Chronicle<S> {
  /** The present state. Never blocks; state and head always belong together. */
  Committed<S> now();

  /** Completes once the log is known up to that sequence number. */
  CompletableFuture<Committed<S>> reached(long sequence);

  /**
   * Waits until the log is known to be longer than that.
   *
   * @return whether it is
   */
  boolean grows(long beyond, Duration wait) throws InterruptedException;

  /** Completes once everything that was committed when this was asked is known here. */
  CompletableFuture<Committed<S>> upToDate();

  /** Who may sign now, by name. */
  Optional<KnownAuthor> author(AuthorName name);

  /** What was said to that act, if it was decided in the last 24 hours. */
  Optional<Reply> outcome(CommandId command);

  /**
   * Events in their order, from memory if they are recent, else read from Kafka and checked again.
   *
   * @param from sequence number of the first
   * @return at most that many; empty at the end of the log
   */
  List<Recorded> read(long from, int most);

  /** What stands in the log's topic and is no part of the history. */
  StrayRecords strays();

  /**
   * Transactions that are not the leader's and are open in topics of this house, and those that
   * this instance has ended within a day.
   */
  List<OpenTransaction> transactions();

  /** Calls back after each growth, from the log's thread: must not block. */
  Following onGrowth(Runnable callback);

  /**
   * Hands every event from that sequence number on to a consumer, each once and in their order, in
   * a thread of its own.
   *
   * @param broken told if an event could not be read, or the consumer failed; it then gets no more
   */
  Following follow(long from, Consumer<Recorded> consumer, Consumer<Throwable> broken);

  /** Ends a callback. */
  @FunctionalInterface
  interface Following extends AutoCloseable {
    @Override
    void close();
  }
}
