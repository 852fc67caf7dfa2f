package io.carousel.orchestrator.log;

import io.carousel.events.Reply;
import java.util.concurrent.CompletableFuture;

/** Those who wait for a transaction. */
final class Promises {
  private Promises() {}

  /** A judge waits for its verdict to last. */
  record OfVerdict(Asked asked, Verdict verdict, Reply reply) implements Batch.Promise {
    @Override
    public void kept() {
      verdict.durable().complete(reply);
    }

    @Override
    public void broken(RuntimeException why) {
      verdict.durable().completeExceptionally(why);
    }

    @Override
    public void postponed() {
      // The judge is asked again, and makes another verdict.
      broken(new NotCommitted());
    }

    @Override
    public boolean wasKept(LiveChronicle<?> chronicle) {
      return chronicle
          .outcomes()
          .of(asked.command())
          .filter(o -> o.digest().equals(asked.digest()))
          .isPresent();
    }
  }

  /**
   * Somebody waits for what it proposed.
   *
   * @param last the sequence number of its last event
   */
  record OfProposal(Proposal proposal, long last, CompletableFuture<Long> written)
      implements Batch.Promise {
    @Override
    public void kept() {
      written.complete(last);
    }

    @Override
    public void broken(RuntimeException why) {
      written.completeExceptionally(why);
    }

    @Override
    public void postponed() {
      // It stays in line.
    }

    @Override
    public boolean wasKept(LiveChronicle<?> chronicle) {
      return proposal.events().isEmpty()
          || chronicle.read(last, 1).stream()
              .anyMatch(e -> e.id().equals(proposal.events().getLast().id()));
    }
  }

  /** A proposal came too late, if what it conflicts with lasts. */
  record OfConflict(CompletableFuture<Long> written, Conflict conflict) implements Batch.Promise {
    @Override
    public void kept() {
      written.completeExceptionally(conflict);
    }

    @Override
    public void broken(RuntimeException why) {
      written.completeExceptionally(why);
    }

    @Override
    public void postponed() {
      // It stays in line.
    }

    @Override
    public boolean wasKept(LiveChronicle<?> chronicle) {
      return false;
    }
  }
}
