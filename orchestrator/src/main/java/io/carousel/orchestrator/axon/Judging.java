package io.carousel.orchestrator.axon;

import io.carousel.events.Reply;
import io.carousel.orchestrator.log.Asked;
import io.carousel.orchestrator.log.Draft;
import io.carousel.orchestrator.log.Outgoing;
import io.carousel.orchestrator.log.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.axonframework.messaging.core.Context;

/**
 * One act while it is decided: what it is decided on, and what comes of it. Owner's thread, until
 * the transaction is committed.
 */
final class Judging<S> {
  /** Under which a unit of work holds it. */
  static final Context.ResourceKey<Judging<?>> KEY =
      Context.ResourceKey.withLabel("carousel-judging");

  private final S staged;
  private final Asked asked;
  private final Instant now;
  private final List<Draft> events = new ArrayList<>();
  private final List<Outgoing> outgoing = new ArrayList<>();
  private final CompletableFuture<Reply> durable = new CompletableFuture<>();
  private boolean staging;

  Judging(S staged, Asked asked, Instant now) {
    this.staged = staged;
    this.asked = asked;
    this.now = now;
  }

  S staged() {
    return staged;
  }

  Asked asked() {
    return asked;
  }

  Instant now() {
    return now;
  }

  /** Takes what is to be written; completes once it is committed. */
  CompletableFuture<Long> stage(List<Draft> drafts) {
    events.addAll(drafts);
    staging = true;
    return durable.thenApply(Reply::sequence);
  }

  /** Whether its unit of work has come to its commit. */
  boolean isStaged() {
    return staging;
  }

  void outgoing(List<Outgoing> records) {
    outgoing.addAll(records);
  }

  Verdict verdict() {
    return new Verdict(events, outgoing, durable);
  }
}
