package io.carousel.orchestrator.axon;

import io.carousel.events.seal.Recorded;
import io.carousel.orchestrator.log.Chronicle;
import io.carousel.orchestrator.log.Conflict;
import io.carousel.orchestrator.log.Draft;
import io.carousel.orchestrator.log.Proposal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.axonframework.common.infra.ComponentDescriptor;
import org.axonframework.eventsourcing.eventstore.AppendCondition;
import org.axonframework.eventsourcing.eventstore.AppendEventsTransactionRejectedException;
import org.axonframework.eventsourcing.eventstore.ConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.GlobalIndexConsistencyMarker;
import org.axonframework.eventsourcing.eventstore.GlobalIndexPosition;
import org.axonframework.eventsourcing.eventstore.SourcingCondition;
import org.axonframework.eventsourcing.eventstore.TaggedEventMessage;
import org.axonframework.messaging.core.MessageStream;
import org.axonframework.messaging.core.unitofwork.ProcessingContext;
import org.axonframework.messaging.eventhandling.EventMessage;
import org.axonframework.messaging.eventhandling.processing.streaming.token.GlobalSequenceTrackingToken;
import org.axonframework.messaging.eventhandling.processing.streaming.token.TrackingToken;
import org.axonframework.messaging.eventstreaming.EventsCondition;
import org.axonframework.messaging.eventstreaming.StreamingCondition;

/**
 * Axon's event storage over the log. Positions and markers count events: position N is after the
 * event of sequence number N. What Axon reads is committed; what it appends while an act is judged
 * goes into that act's verdict, anything else is proposed to the owner and written if its condition
 * still holds there.
 */
public final class LogStorageEngine implements EventStorageEngine {
  private static final int PAGE = 1_000;

  private final Chronicle<?> chronicle;
  private final Function<Proposal, CompletableFuture<Long>> propose;
  private final Translation translation;
  private final long origin;

  /**
   * @param propose writes events that come from no act
   * @param origin the sequence number after which Axon's events begin; 0 for all of the log
   */
  LogStorageEngine(
      Chronicle<?> chronicle,
      Function<Proposal, CompletableFuture<Long>> propose,
      Translation translation,
      long origin) {
    this.chronicle = chronicle;
    this.origin = origin;
    this.propose = propose;
    this.translation = translation;
  }

  @Override
  public CompletableFuture<AppendTransaction<?>> appendEvents(
      AppendCondition condition, ProcessingContext context, List<TaggedEventMessage<?>> events) {
    List<Draft> drafts = events.stream().map(translation::draft).toList();
    Judging<?> judging = context == null ? null : context.getResource(Judging.KEY);
    return CompletableFuture.completedFuture(
        judging != null
            ? new Append(() -> judging.stage(drafts))
            : new Append(() -> propose(condition, drafts)));
  }

  private CompletableFuture<Long> propose(AppendCondition condition, List<Draft> drafts) {
    if (drafts.isEmpty()) {
      return CompletableFuture.completedFuture(0L);
    }
    ConsistencyMarker marker = condition.consistencyMarker();
    long after = Math.max(0, GlobalIndexConsistencyMarker.position(marker));
    return propose
        .apply(new Proposal(drafts, after, event -> matches(condition, event)))
        .exceptionallyCompose(e -> CompletableFuture.failedFuture(asAxonSays(marker, e)));
  }

  private static Throwable asAxonSays(ConsistencyMarker marker, Throwable e) {
    Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    return cause instanceof Conflict
        ? AppendEventsTransactionRejectedException.conflictingEventsDetected(marker)
        : cause;
  }

  private boolean matches(EventsCondition condition, Recorded event) {
    return condition.matches(
        translation.message(event).type().qualifiedName(), Translation.tags(event));
  }

  @Override
  public MessageStream<EventMessage> source(
      SourcingCondition condition, ProcessingContext context) {
    if (context != null && context.containsResource(Judging.KEY)) {
      return MessageStream.failed(
              new IllegalStateException(
                  "an act is decided on the staged state; inject the entity, do not source it"))
          .cast();
    }
    long start = Math.max(0, GlobalIndexPosition.toIndex(condition.start()));
    return new LogStream.Sourced(chronicle, translation, e -> matches(condition, e), start, head());
  }

  @Override
  public MessageStream<EventMessage> stream(
      StreamingCondition condition, ProcessingContext context) {
    long after = Math.max(0, condition.position().position().orElse(0));
    return new LogStream.Live(chronicle, translation, e -> matches(condition, e), after);
  }

  private long head() {
    return chronicle.now().head().sequence();
  }

  @Override
  public CompletableFuture<TrackingToken> firstToken(ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(origin));
  }

  @Override
  public CompletableFuture<TrackingToken> latestToken(ProcessingContext context) {
    return CompletableFuture.completedFuture(new GlobalSequenceTrackingToken(head()));
  }

  @Override
  public CompletableFuture<TrackingToken> tokenAt(Instant at, ProcessingContext context) {
    long head = head();
    for (long from = origin + 1; from <= head; from += PAGE) {
      for (Recorded event : chronicle.read(from, PAGE)) {
        if (!translation.message(event).timestamp().isBefore(at)) {
          return CompletableFuture.completedFuture(
              new GlobalSequenceTrackingToken(event.sequence() - 1));
        }
      }
    }
    return latestToken(context);
  }

  @Override
  public void describeTo(ComponentDescriptor descriptor) {
    descriptor.describeProperty("head", head());
  }

  /** Writes once, when Axon says so. */
  private static final class Append implements AppendTransaction<ConsistencyMarker> {
    private final Supplier<CompletableFuture<Long>> write;
    private boolean finished;

    Append(Supplier<CompletableFuture<Long>> write) {
      this.write = write;
    }

    @Override
    public synchronized CompletableFuture<ConsistencyMarker> commit(ProcessingContext context) {
      if (finished) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("already committed or rolled back"));
      }
      finished = true;
      return write
          .get()
          .thenApply(last ->
              last == 0 ? ConsistencyMarker.ORIGIN : new GlobalIndexConsistencyMarker(last));
    }

    @Override
    public synchronized void rollback(ProcessingContext context) {
      finished = true;
    }

    @Override
    public CompletableFuture<ConsistencyMarker> afterCommit(
        ConsistencyMarker marker, ProcessingContext context) {
      return CompletableFuture.completedFuture(marker);
    }
  }
}
