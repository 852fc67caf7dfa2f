package io.carousel.orchestrator.log;

import io.carousel.events.AuthorName;
import io.carousel.events.HouseEvent;
import io.carousel.events.HouseId;
import io.carousel.events.seal.Head;
import io.carousel.events.seal.KnownAuthor;
import io.carousel.events.seal.Recorded;
import io.carousel.events.seal.Roster;
import java.time.Instant;
import java.util.Optional;

/**
 * All that a history has led to, up to some point. A value.
 *
 * @param at time of the last event
 * @param position the next offset of {@code carousel.commands} to decide
 * @param term number of the last term
 * @param level the feature level of the house
 */
record Known<S>(
    S state,
    Optional<HouseId> house,
    Head head,
    Instant at,
    long position,
    long term,
    int level,
    Roster roster) {

  static <S> Known<S> nothing(Judge<S> judge) {
    return new Known<>(
        judge.initial(), Optional.empty(), Head.EMPTY, Instant.EPOCH, 0, 0, 0, Roster.EMPTY);
  }

  /** After one more event. */
  Known<S> after(Recorded event, Judge<S> judge) {
    return new Known<>(
        judge.evolve(state, event),
        event.event() instanceof HouseEvent.Founded f ? Optional.of(f.house()) : house,
        new Head(event.sequence(), event.hash()),
        event.event().at(),
        event.position(),
        event.event() instanceof HouseEvent.TermStarted t ? t.term() : term,
        levelAfter(event),
        roster.after(event.event()));
  }

  private int levelAfter(Recorded event) {
    return switch (event.event()) {
      case HouseEvent.Founded f -> f.featureLevel();
      case HouseEvent.FeatureLevelRaised r -> r.level();
      default -> level;
    };
  }

  Optional<KnownAuthor> author(AuthorName name) {
    return roster.author(name);
  }

  Committed<S> committed() {
    return new Committed<>(state, head, at);
  }
}
