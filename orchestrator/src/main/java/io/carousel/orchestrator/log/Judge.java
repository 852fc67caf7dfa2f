package io.carousel.orchestrator.log;

import io.carousel.events.seal.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules, as the log sees them. States are values: {@link #evolve} gives a new one and leaves
 * the old as it was, since an aborted transaction throws staged states away.
 *
 * <p>{@link #evolve} is called for every event by every instance, and once more by the owner while
 * it stages; it is pure. {@link #judge} is called by the owner's thread alone, and may be called
 * again for the same act if a transaction did not come about.
 *
 * @param <S> the state
 */
public interface Judge<S> {
  /** The state before the first event. */
  S initial();

  /** The state after one more event. */
  S evolve(S state, Recorded event);

  /**
   * What comes of an act. A judge that throws is taken to refuse the act.
   *
   * @param staged the state after everything judged so far, committed or not
   * @param now never earlier than the last event
   */
  Verdict judge(S staged, Asked asked, Instant now);

  /**
   * Called by the owner's thread before it judges acts of these types, once for all that it was
   * given together: the time to look up what they rest on, so that judging itself reads nothing.
   * Must return within seconds, whatever is slow: the owner is heard of by nobody meanwhile.
   *
   * @param types as messages name them; nothing of the messages was checked yet
   */
  default void prepare(Set<String> types) {}

  /**
   * What that state still waits for an answer to, and should go out again from time to time: the
   * state is the outbox. Each is told from others by its id.
   */
  default List<Outgoing> pending(S state) {
    return List.of();
  }

  /** When time alone will next change that state; the owner then asks {@code TimePassed}. */
  default Optional<Instant> nextDue(S state) {
    return Optional.empty();
  }
}
