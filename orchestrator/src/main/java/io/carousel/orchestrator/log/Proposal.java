package io.carousel.orchestrator.log;

import io.carousel.events.seal.Recorded;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Events that come from no act: written by the owner if their condition still holds, and if the log
 * has not come to a later time than theirs.
 *
 * @param after the sequence number up to which their author had read when it set the condition
 * @param conflicts whether an event written since forbids them
 */
public record Proposal(List<Draft> events, long after, Predicate<Recorded> conflicts) {
  /** Copies. */
  public Proposal {
    events = List.copyOf(events);
  }

  /** Whether one of those events, in order of sequence, forbids it. */
  boolean conflictsWith(Stream<Recorded> later) {
    return later.anyMatch(conflicts);
  }
}
