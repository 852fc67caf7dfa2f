package io.carousel.orchestrator.rules;

import io.carousel.events.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;

/** What time alone brings about: CRLs are renewed, keys end, and slots are lost. */
final class Due {
  private Due() {}

  /** All that is due by now. */
  static Decision decide(House house, Circumstances c) {
    var events = new ArrayList<Event>();
    for (Authority a : house.authorities().values()) {
      events.addAll(CrlRules.due(a, c));
    }
    events.addAll(SlotHealthRules.due(house, c));
    events.addAll(KeyEnds.due(house, c));
    events.addAll(AttestationRules.due(house, c));
    return events.isEmpty()
        ? Decision.refuse(new Refusal.NothingDue())
        : new Decision.Accepted(events, java.util.List.of());
  }

  /** When there will be something; empty if never. */
  static Optional<Instant> next(House house) {
    Stream<Instant> ofKeys =
        house.authorities().values().stream()
            .flatMap(a ->
                a.generations().values().stream()
                    .flatMap(g -> g.living())
                    .flatMap(k -> Stream.of(CrlRules.renewal(a, k), KeyEnds.nextDue(house, k))))
            .flatMap(Optional::stream);
    return Stream.of(ofKeys, SlotHealthRules.nextDue(house), AttestationRules.nextDue(house))
        .flatMap(s -> s)
        .min(Instant::compareTo);
  }
}
