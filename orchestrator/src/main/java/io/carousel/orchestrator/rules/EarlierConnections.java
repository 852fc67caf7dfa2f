package io.carousel.orchestrator.rules;

import io.carousel.events.AuthorityName;
import io.carousel.events.ParticipantName;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Connections that stand since before their services let go of a CA, as far as participants can see
 * them: whom they let in then was not asked again. Pure.
 *
 * @param of how many, of each that has any
 */
public record EarlierConnections(NavigableMap<ParticipantName, Integer> of) {
  /** Copies. */
  public EarlierConnections {
    of = Collections.unmodifiableNavigableMap(new TreeMap<>(of));
  }

  static EarlierConnections of(House house, AuthorityName authority, Evidence evidence) {
    var all = new TreeMap<ParticipantName, Integer>();
    house
        .fleet(authority)
        .forEach(p ->
            evidence
                .of(p.name())
                .flatMap(Evidence.Shown::earlierConnections)
                .filter(n -> n > 0)
                .ifPresent(n -> all.put(p.name(), n)));
    return new EarlierConnections(all);
  }

  /** Of all together. */
  public long total() {
    return of.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Who has most of them, those first. */
  public List<ParticipantName> most(int atMost) {
    Comparator<ParticipantName> byNumber = Comparator.comparing(of::get);
    return of.keySet().stream()
        .sorted(byNumber.reversed().thenComparing(Comparator.naturalOrder()))
        .limit(atMost)
        .toList();
  }
}
