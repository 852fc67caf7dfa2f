package io.carousel.orchestrator.rules;

import io.carousel.events.Breakage;
import io.carousel.events.ParticipantName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whom a step breaks, and who of them must be named before it is taken. Pure.
 *
 * @param step in words, as {@code generation 1 is trusted no more}
 * @param would what breaks for each participant, in words
 * @param mustName who of them an operator must have named
 */
record StepBreaks(
    String step, SortedMap<ParticipantName, String> would, SortedSet<ParticipantName> mustName) {
  /** Copies. */
  StepBreaks {
    would = Collections.unmodifiableSortedMap(new TreeMap<>(would));
    mustName = Collections.unmodifiableSortedSet(new TreeSet<>(mustName));
  }

  /** A step that breaks just those, each of whom was heard lately. */
  static StepBreaks of(String step, Map<ParticipantName, String> would) {
    var sorted = new TreeMap<>(would);
    return new StepBreaks(step, sorted, new TreeSet<>(sorted.keySet()));
  }

  /** A step that breaks nobody. */
  static StepBreaks none(String step) {
    return of(step, Map.of());
  }

  /** Why an operator who named those may not take it; empty: it may be taken. */
  Optional<Refusal> unless(List<ParticipantName> named) {
    List<ParticipantName> strangers =
        named.stream().filter(name -> !would.containsKey(name)).toList();
    if (!strangers.isEmpty()) {
      return Optional.of(new Refusal.WouldNotBreak(step, strangers));
    }
    List<Breakage> missing =
        mustName.stream().filter(name -> !named.contains(name)).map(this::breakage).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(new Refusal.WouldBreak(step, missing));
  }

  /** What the event says of those who were named. */
  List<Breakage> accepted(List<ParticipantName> named) {
    return named.stream().map(this::breakage).toList();
  }

  private Breakage breakage(ParticipantName name) {
    return new Breakage(name, would.get(name));
  }
}
