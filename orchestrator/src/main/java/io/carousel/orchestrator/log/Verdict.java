package io.carousel.orchestrator.log;

import io.carousel.events.Event;
import io.carousel.events.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What comes of an act. Its reply follows from the events: refused if one of them is an {@code
 * ActRefused}, else accepted. An act whose verdict has no event leaves no trace and is not
 * remembered: asked again, it is judged again.
 *
 * @param outgoing written in the same transaction
 * @param durable completed by the log: with the reply once the transaction is committed, with a
 *     failure if it was not
 */
public record Verdict(
    List<Draft> events, List<Outgoing> outgoing, CompletableFuture<Reply> durable) {
  /** Copies. */
  public Verdict {
    events = List.copyOf(events);
    outgoing = List.copyOf(outgoing);
  }

  /** Those events and records. */
  public static Verdict of(List<? extends Event> events, List<Outgoing> outgoing) {
    return new Verdict(
        events.stream().map(Draft::of).toList(), outgoing, new CompletableFuture<>());
  }

  /** Those events. */
  public static Verdict of(Event... events) {
    return of(List.of(events), List.of());
  }
}
