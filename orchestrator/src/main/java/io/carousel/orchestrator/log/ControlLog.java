package io.carousel.orchestrator.log;

import io.carousel.events.seal.Author;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One instance of the log: follows it, and owns it when the group says so.
 *
 * @param <S> the state
 */
@SuppressWarnings("DoNotCallSuggester")
public final class ControlLog<S> implements AutoCloseable {
  private ControlLog() {}

  /**
   * Replays what there is, then follows, and stands for ownership.
   *
   * @param author signs what this instance writes; its house is the log's
   * @param snapshots how states are kept between starts; empty: they are not
   * @throws BrokerUnreachable if there is no broker
   * @throws io.carousel.events.seal.ImpossibleHistory if the log cannot be
   * @throws IllegalStateException if the log is empty and no house is to be founded
   */
  public static <S> ControlLog<S> open(
      LogConfig config,
      Author author,
      Judge<S> judge,
      Optional<SnapshotCodec<S>> snapshots,
      Watcher watcher) {
    throw new UnsupportedOperationException("not there yet");
  }

  /** What is committed. */
  public Chronicle<S> chronicle() {
    throw new UnsupportedOperationException("not there yet");
  }

  /** What this instance does. */
  public Standing standing() {
    throw new UnsupportedOperationException("not there yet");
  }

  /**
   * Writes events that come from no act.
   *
   * @return the sequence number of the last of them, once committed; fails with {@link NotOwner} or
   *     {@link Conflict}
   */
  public CompletableFuture<Long> propose(Proposal proposal) {
    throw new UnsupportedOperationException("not there yet");
  }

  @Override
  public void close() {}
}
