package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whom a step would break: who presents what, held against who trusts what, before the step and
 * after it. Everybody is sorted into groups first, those who present credentials by one key and
 * those who trust the same keys, so that its cost grows with the fleet and not with its square.
 * Pure.
 *
 * @param step in words, as {@code clients present generation 2}
 * @param breaks empty if everything that verifies now verifies afterwards too
 */
public record Forecast(String step, List<Break> breaks) {
  /** Copies. */
  public Forecast {
    breaks = List.copyOf(breaks);
  }

  /**
   * A group of credentials that a group of verifiers would refuse.
   *
   * @param key SHA-256 of the SubjectPublicKeyInfo of the key that signed them
   * @param generation of that key
   * @param presenters who present them, or may
   * @param verifiers who would refuse them
   * @param heard whether the verifiers have ever said what they trust
   */
  public record Break(
      Format format,
      Digest key,
      int generation,
      SortedSet<ParticipantName> presenters,
      SortedSet<ParticipantName> verifiers,
      boolean heard) {
    /** Copies. */
    public Break {
      presenters = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(presenters));
      verifiers = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(verifiers));
    }
  }

  /**
   * What the next step of that authority would do; empty if none lies ahead, or keys are waited for
   * first.
   */
  public static Optional<Forecast> next(House house, Authority a, Evidence evidence, Instant now) {
    return next(house, a, evidence, now, Set.of());
  }

  /** As above, where nobody asks any more what becomes of those. */
  static Optional<Forecast> next(
      House house, Authority a, Evidence evidence, Instant now, Set<ParticipantName> abandoned) {
    return change(a).map(change -> new Fleet(house, a, evidence, now, abandoned).after(change));
  }

  /** What the end of all trust in that generation would do, now; empty if it is not trusted. */
  public static Optional<Forecast> without(
      House house, Authority a, int generation, Evidence evidence, Instant now) {
    return a.trusted().contains(generation)
        ? Optional.of(new Fleet(house, a, evidence, now, Set.of()).after(removing(a, generation)))
        : Optional.empty();
  }

  /**
   * What a step does.
   *
   * @param signing the keys by which those profiles will be presented
   * @param leaving the keys that will be trusted no more
   */
  private record Change(
      String words, List<Key.Ready> signing, Set<Profile> profiles, List<Key.Ready> leaving) {}

  private static Optional<Change> change(Authority a) {
    return switch (a.phase()) {
      case Phase.Creating _, Phase.Standby _ -> Optional.empty();
      case Phase.Init p when !p.successorTrusted() -> Optional.empty();
      case Phase.Joining p when !p.slotTrusted() -> Optional.empty();
      case Phase.Init p ->
          Optional.of(
              presenting(a, "clients", p.successor(), EnumSet.of(Profile.CLIENT, Profile.BOTH)));
      case Phase.UpdateClients p ->
          Optional.of(presenting(a, "servers", p.successor(), EnumSet.of(Profile.SERVER)));
      case Phase.UpdateServers p -> Optional.of(removing(a, p.retiring()));
      case Phase.Rollback p -> Optional.of(removing(a, p.successor()));
      case Phase.Joining p ->
          Optional.of(
              new Change(
                  "slot %s signs too".formatted(p.slot()),
                  keys(a, t -> t.key().slot().equals(p.slot())),
                  EnumSet.allOf(Profile.class),
                  List.of()));
      case Phase.Leaving p ->
          Optional.of(
              new Change(
                  "what slot %s signed is trusted no more".formatted(p.slot()),
                  List.of(),
                  Set.of(),
                  keys(a, t -> t.key().slot().equals(p.slot()))));
    };
  }

  private static Change presenting(Authority a, String who, int generation, Set<Profile> profiles) {
    return new Change(
        "%s present generation %d".formatted(who, generation),
        keys(a, t -> t.generation().number() == generation),
        profiles,
        List.of());
  }

  private static Change removing(Authority a, int generation) {
    return new Change(
        "generation %d is trusted no more".formatted(generation),
        List.of(),
        Set.of(),
        keys(a, t -> t.generation().number() == generation));
  }

  private static List<Key.Ready> keys(
      Authority a, java.util.function.Predicate<InForce.Trusted> which) {
    return a.inForce().trusted().filter(which).map(InForce.Trusted::key).toList();
  }

  /** Credentials by one key. */
  private record Presented(Format format, Digest key) {}

  /**
   * What a verifier goes by.
   *
   * @param heard false for one that has said nothing
   */
  private record Trusting(Set<Format> formats, Set<Digest> keys, boolean heard) {
    Trusting without(Set<Digest> gone) {
      if (gone.isEmpty()) {
        return this;
      }
      var left = new HashSet<>(keys);
      left.removeAll(gone);
      return new Trusting(formats, left, heard);
    }
  }

  /** The fleet in groups. */
  private static final class Fleet {
    private final House house;
    private final Authority authority;
    private final Evidence evidence;
    private final Instant now;
    private final Set<ParticipantName> abandoned;
    private final Map<Digest, Key.Ready> known;
    private final Map<Presented, SortedSet<ParticipantName>> presented = new LinkedHashMap<>();
    private final Map<Trusting, SortedSet<ParticipantName>> trusting = new LinkedHashMap<>();

    Fleet(
        House house,
        Authority authority,
        Evidence evidence,
        Instant now,
        Set<ParticipantName> abandoned) {
      this.house = house;
      this.authority = authority;
      this.evidence = evidence;
      this.now = now;
      this.abandoned = abandoned;
      this.known =
          authority.generations().values().stream()
              .flatMap(Generation::ready)
              .collect(Collectors.toMap(k -> k.publicKey().digest(), k -> k, (one, _) -> one));
      members().forEach(this::sort);
      issued().forEach(i -> add(presented, new Presented(i.format(), i.issuerKey()), i.holder()));
    }

    private Stream<Participant> members() {
      return house.fleet(authority.name()).filter(p -> !abandoned.contains(p.name()));
    }

    private void sort(Participant p) {
      Membership m = p.membership(authority.name()).orElseThrow();
      Optional<Evidence.Shown> shown = evidence.of(p.name());
      if (m.has(Role.VERIFIES)) {
        var keys = shown.map(Evidence.Shown::trusts).orElseGet(Set::of);
        add(trusting, new Trusting(Set.copyOf(m.formats()), keys, shown.isPresent()), p.name());
      }
      shown.stream()
          .flatMap(s -> s.presents().stream())
          .forEach(c -> add(presented, new Presented(c.format(), c.issuerKey()), p.name()));
    }

    /** What may still be presented: its holder has not shown in this phase that it does without. */
    private Stream<Evidence.Issued> issued() {
      return evidence.issued().stream()
          .filter(i -> i.notAfter().isAfter(now) && !authority.isRevoked(i.serial()))
          .filter(i -> !i.profile().isCanary())
          .filter(i -> !abandoned.contains(i.holder()))
          .filter(i -> !isReplaced(i));
    }

    private boolean isReplaced(Evidence.Issued i) {
      return house
          .participant(i.holder())
          .filter(p -> p.identityKey().digest().equals(i.identity()))
          .flatMap(p -> evidence.of(p.name()))
          .filter(s -> s.challenge().equals(authority.challenge()))
          .filter(s -> s.presents().stream().noneMatch(c -> c.serial().equals(i.serial())))
          .isPresent();
    }

    private static <K> void add(
        Map<K, SortedSet<ParticipantName>> groups, K group, ParticipantName name) {
      groups.computeIfAbsent(group, _ -> new TreeSet<>()).add(name);
    }

    /** Every pair of groups that verifies now, or is new, and would not verify afterwards. */
    Forecast after(Change change) {
      Set<Digest> gone =
          change.leaving().stream().map(authority::anchor).collect(Collectors.toSet());
      // Under a root that stays trusted, no key is trusted for its own sake.
      authority.external().filter(External::trustsRoot).ifPresent(e -> gone.remove(e.key()));
      var breaks = new ArrayList<Break>();
      presented.forEach((p, who) ->
          trusting.forEach((t, verifiers) -> {
            if (verifies(p, t) && !verifies(p, t.without(gone))) {
              breaks.add(broken(p, who, t, verifiers));
            }
          }));
      coming(change)
          .forEach((p, who) ->
              trusting.forEach((t, verifiers) -> {
                if (t.formats().contains(p.format()) && !verifies(p, t)) {
                  breaks.add(broken(p, who, t, verifiers));
                }
              }));
      return new Forecast(change.words(), breaks);
    }

    /** Who will present something by a key that signs from then on. */
    private Map<Presented, SortedSet<ParticipantName>> coming(Change change) {
      var groups = new HashMap<Presented, SortedSet<ParticipantName>>();
      for (Key.Ready key : change.signing()) {
        members()
            .filter(p ->
                p.membership(authority.name()).orElseThrow().profiles(key.format()).stream()
                    .anyMatch(change.profiles()::contains))
            .forEach(
                p -> add(groups, new Presented(key.format(), key.publicKey().digest()), p.name()));
      }
      return groups;
    }

    private boolean verifies(Presented p, Trusting t) {
      Key.Ready key = known.get(p.key());
      return key != null
          && t.formats().contains(p.format())
          && t.keys().contains(authority.anchor(key));
    }

    private Break broken(
        Presented p,
        SortedSet<ParticipantName> presenters,
        Trusting t,
        SortedSet<ParticipantName> verifiers) {
      int generation =
          authority.generations().values().stream()
              .filter(g -> g.owns(p.key()))
              .findFirst()
              .map(Generation::number)
              .orElse(0);
      return new Break(p.format(), p.key(), generation, presenters, verifiers, t.heard());
    }
  }
}
