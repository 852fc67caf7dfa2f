package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.ParticipantName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who still trusts a generation that nobody need trust any more, as far as its newest report says,
 * however old that is. Nothing waits for them; but whoever has a key of that generation, or a
 * credential by it, is let in by them. Pure.
 */
public record DistrustTail(int generation, SortedSet<ParticipantName> trusting) {
  /** Copies. */
  public DistrustTail {
    trusting = Collections.unmodifiableSortedSet(new TreeSet<>(trusting));
  }

  /** Of each generation that somebody still trusts, the oldest first. */
  public static List<DistrustTail> of(House house, Authority a, Evidence evidence) {
    Map<Digest, Integer> gone = retired(a);
    var tails = new TreeMap<Integer, SortedSet<ParticipantName>>();
    house
        .fleet(a.name())
        .forEach(p ->
            generations(evidence.of(p.name()), gone)
                .forEach(g -> tails.computeIfAbsent(g, _ -> new TreeSet<>()).add(p.name())));
    return tails.entrySet().stream().map(e -> new DistrustTail(e.getKey(), e.getValue())).toList();
  }

  /** The keys that are in no bundle any more, with their generations. */
  private static Map<Digest, Integer> retired(Authority a) {
    Set<Digest> trusted =
        a.inForce().trusted().map(t -> t.key().publicKey().digest()).collect(Collectors.toSet());
    var all = new TreeMap<Digest, Integer>();
    for (Generation g : a.generations().values()) {
      if (isRetired(a, g.number())) {
        g.keys().values().stream()
            .flatMap(k -> k.publicKeyDigest().stream())
            .forEach(d -> all.put(d, g.number()));
        g.origin().imported().forEach(k -> all.put(k.publicKey().digest(), g.number()));
      }
    }
    all.keySet().removeAll(trusted);
    return all;
  }

  /** Not one that is about to be trusted either. */
  private static boolean isRetired(Authority a, int generation) {
    return !a.trusted().contains(generation)
        && !(a.phase() instanceof Phase.Init p && p.successor() == generation);
  }

  private static Set<Integer> generations(
      Optional<Evidence.Shown> shown, Map<Digest, Integer> gone) {
    return shown.stream()
        .flatMap(s -> s.trusts().stream())
        .flatMap(key -> Optional.ofNullable(gone.get(key)).stream())
        .collect(Collectors.toSet());
  }
}
