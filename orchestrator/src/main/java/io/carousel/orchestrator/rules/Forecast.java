package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.Format;
import io.carousel.events.Membership;
import io.carousel.events.ParticipantName;
import io.carousel.events.Profile;
import io.carousel.events.Role;
import io.carousel.events.Serial;
import io.carousel.events.SlotName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
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
   * @param verifiers who would refuse them; empty: none that is enrolled, but whoever follows the
   *     trust bundle
   * @param heard whether the verifiers have ever said what they trust
   * @param behind which of both sides has not done what the step needs
   * @param live who of that side was heard within its lease, and so breaks for all that is known
   */
  public record Break(
      Format format,
      Digest key,
      int generation,
      SortedSet<ParticipantName> presenters,
      SortedSet<ParticipantName> verifiers,
      boolean heard,
      Side behind,
      SortedSet<ParticipantName> live) {
    /** Copies. */
    public Break {
      presenters = Collections.unmodifiableSortedSet(new TreeSet<>(presenters));
      verifiers = Collections.unmodifiableSortedSet(new TreeSet<>(verifiers));
      live = Collections.unmodifiableSortedSet(new TreeSet<>(live));
    }

    /** Everybody on the side that has not done what the step needs. */
    SortedSet<ParticipantName> lagging() {
      return behind == Side.PRESENTERS ? presenters : verifiers;
    }

    /** What is broken for each of those now, in words. */
    String wordsNow() {
      String credentials = "%s of generation %d".formatted(format, generation);
      if (behind == Side.VERIFIERS) {
        return "refuses %s, which %s present"
            .formatted(credentials, Refusal.few(List.copyOf(presenters)));
      }
      return "presents %s, which is trusted no more: %s"
          .formatted(
              credentials,
              verifiers.isEmpty()
                  ? "whoever follows the trust bundle refuses it"
                  : "refused by " + Refusal.few(List.copyOf(verifiers)));
    }

    /** What breaks for each of those, in words. */
    String words() {
      String credentials = "%s of generation %d".formatted(format, generation);
      if (behind == Side.VERIFIERS) {
        return "would refuse %s, which %s would present"
            .formatted(credentials, Refusal.few(List.copyOf(presenters)));
      }
      return verifiers.isEmpty()
          ? "presents %s, which whoever follows the trust bundle would refuse"
              .formatted(credentials)
          : "presents %s, which %s would refuse"
              .formatted(credentials, Refusal.few(List.copyOf(verifiers)));
    }
  }

  /** Of a handshake that a step breaks, or that does not succeed now. */
  public enum Side {
    /** They present what is trusted no more. */
    PRESENTERS,
    /** They do not trust what is presented. */
    VERIFIERS
  }

  /** What breaks for each participant that was heard within its lease, in words. */
  public SortedMap<ParticipantName, String> live() {
    return words(Break::live);
  }

  /** What an operator must name, if nothing is said of those who are silent. */
  StepBreaks bindingTheLive() {
    return new StepBreaks(step, words(Break::lagging), new TreeSet<>(live().keySet()));
  }

  /** What an operator must name who leaves those behind, whom nobody asks any more. */
  StepBreaks bindingAllBut(Set<ParticipantName> abandoned) {
    SortedMap<ParticipantName, String> all = words(Break::lagging);
    var named = new TreeSet<>(all.keySet());
    named.removeAll(abandoned);
    named.addAll(live().keySet());
    return new StepBreaks(step, all, named);
  }

  private SortedMap<ParticipantName, String> words(
      Function<Break, SortedSet<ParticipantName>> whom) {
    // Keys of several slots break the same in the same words.
    var said = new HashMap<ParticipantName, Set<String>>();
    for (Break b : breaks) {
      String words = b.words();
      whom.apply(b)
          .forEach(name -> said.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(words));
    }
    var all = new TreeMap<ParticipantName, String>();
    said.forEach((name, words) -> all.put(name, String.join("; ", words)));
    return all;
  }

  /**
   * What the next step of that authority would do; empty if none lies ahead, or keys are waited for
   * first.
   */
  public static Optional<Forecast> next(House house, Authority a, Evidence evidence, Instant now) {
    return change(a).map(change -> new Fleet(house, a, evidence, now).after(change));
  }

  /** What the way back would do: credentials by that generation in place of its successor's. */
  static Forecast back(House house, Authority a, int to, Evidence evidence, Instant now) {
    return new Fleet(house, a, evidence, now)
        .after(
            new Change(
                "everybody presents generation %d again".formatted(to),
                List.of(),
                Set.of(),
                List.of(),
                digests(keys(a, t -> t.generation().number() != to && !t.generation().retrusted())),
                keys(a, t -> t.generation().number() == to)));
  }

  /** What it would do that a slot signs no more, and other slots do. */
  static Forecast elsewhere(
      House house, Authority a, SlotName slot, Evidence evidence, Instant now) {
    return new Fleet(house, a, evidence, now)
        .after(
            new Change(
                "other slots of authority '%s' sign in place of %s".formatted(a.name(), slot),
                List.of(),
                Set.of(),
                List.of(),
                digests(keys(a, t -> t.key().slot().equals(slot))),
                keys(a, t -> !t.key().slot().equals(slot) && !a.lost().contains(t.key().slot()))));
  }

  /** What does not verify now: by what everybody has last shown, as far as it has not run out. */
  static Forecast standing(House house, Authority a, Evidence evidence, Instant now) {
    return new Fleet(house, a, evidence, now).standing();
  }

  private static Set<Digest> digests(List<Key.Ready> keys) {
    return keys.stream().map(k -> k.publicKey().digest()).collect(Collectors.toSet());
  }

  /** What the end of all trust in that generation would do, now; empty if it is not trusted. */
  public static Optional<Forecast> without(
      House house, Authority a, int generation, Evidence evidence, Instant now) {
    return a.trusted().contains(generation)
        ? Optional.of(new Fleet(house, a, evidence, now).after(removing(a, generation)))
        : Optional.empty();
  }

  /**
   * What a step does.
   *
   * @param signing the keys by which those profiles will be presented
   * @param leaving the keys that will be trusted no more
   * @param outgoing the keys whose credentials are replaced by those of others
   * @param instead those others
   */
  private record Change(
      String words,
      List<Key.Ready> signing,
      Set<Profile> profiles,
      List<Key.Ready> leaving,
      Set<Digest> outgoing,
      List<Key.Ready> instead) {
    Change(String words, List<Key.Ready> signing, Set<Profile> profiles, List<Key.Ready> leaving) {
      this(words, signing, profiles, leaving, Set.of(), List.of());
    }
  }

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

  private static List<Key.Ready> keys(Authority a, Predicate<InForce.Trusted> which) {
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
    private final Map<Digest, Key.Ready> known;
    private final Map<Presented, SortedSet<ParticipantName>> presented = new LinkedHashMap<>();
    private final Map<Presented, SortedSet<ParticipantName>> heardPresenting = new HashMap<>();
    private final Map<Presented, SortedSet<ParticipantName>> shownPresenting =
        new TreeMap<>(Comparator.comparing(Presented::format).thenComparing(Presented::key));
    private final Map<Trusting, SortedSet<ParticipantName>> trusting = new LinkedHashMap<>();

    Fleet(House house, Authority authority, Evidence evidence, Instant now) {
      this.house = house;
      this.authority = authority;
      this.evidence = evidence;
      this.now = now;
      this.known =
          authority.generations().values().stream()
              .flatMap(Generation::ready)
              .collect(Collectors.toMap(k -> k.publicKey().digest(), k -> k, (one, _) -> one));
      Set<Serial> unexpired =
          evidence.issued().stream()
              .filter(i -> i.notAfter().isAfter(now))
              .map(Evidence.Issued::serial)
              .collect(Collectors.toSet());
      members().forEach(p -> sort(p, unexpired));
      issued()
          .forEach(i ->
              presents(new Presented(i.format(), i.issuerKey()), i.holder(), isOfItsHolder(i)));
    }

    private Stream<Participant> members() {
      return house.fleet(authority.name());
    }

    private void presents(Presented what, ParticipantName who, boolean itself) {
      add(presented, what, who);
      if (itself && isLive(who)) {
        add(heardPresenting, what, who);
      }
    }

    private boolean isLive(ParticipantName name) {
      return evidence.isHeard(name, authority.policy().lease());
    }

    /** Not of a machine that had the name before. */
    private boolean isOfItsHolder(Evidence.Issued i) {
      return house
          .participant(i.holder())
          .filter(p -> p.identityKey().digest().equals(i.identity()))
          .isPresent();
    }

    private void sort(Participant p, Set<Serial> unexpired) {
      Membership m = p.membership(authority.name()).orElseThrow();
      Optional<Evidence.Shown> shown = evidence.of(p.name());
      if (m.has(Role.VERIFIES)) {
        var keys = shown.map(Evidence.Shown::trusts).orElseGet(Set::of);
        add(trusting, new Trusting(Set.copyOf(m.formats()), keys, shown.isPresent()), p.name());
      }
      // What a silent one showed long ago may have run out since.
      shown.stream()
          .flatMap(s -> s.presents().stream())
          .filter(c -> isLive(p.name()) || unexpired.contains(c.serial()))
          .map(c -> new Presented(c.format(), c.issuerKey()))
          .forEach(c -> {
            presents(c, p.name(), true);
            add(shownPresenting, c, p.name());
          });
    }

    /** What may still be presented: its holder has not shown in this phase that it does without. */
    private Stream<Evidence.Issued> issued() {
      return evidence.issued().stream()
          .filter(i -> i.notAfter().isAfter(now) && !authority.isRevoked(i.serial()))
          .filter(i -> !i.profile().isCanary())
          .filter(i -> !isReplaced(i));
    }

    private boolean isReplaced(Evidence.Issued i) {
      return isOfItsHolder(i)
          && evidence
              .of(i.holder())
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
      presented.forEach((p, who) -> {
        int before = breaks.size();
        trusting.forEach((t, verifiers) -> {
          if (!alone(who, verifiers) && verifies(p, t) && !verifies(p, t.without(gone))) {
            breaks.add(broken(p, who, t, verifiers, Side.PRESENTERS));
          }
        });
        if (before == breaks.size() && isGone(p, gone)) {
          unverified(p).ifPresent(breaks::add);
        }
      });
      coming(change)
          .forEach((p, who) ->
              trusting.forEach((t, verifiers) -> {
                if (!alone(who, verifiers) && t.formats().contains(p.format()) && !verifies(p, t)) {
                  breaks.add(broken(p, who, t, verifiers, Side.VERIFIERS));
                }
              }));
      breaks.addAll(switched(change));
      return new Forecast(change.words(), breaks);
    }

    /** Pairs of which one has shown what the other does not accept. */
    Forecast standing() {
      Set<Digest> inForce =
          authority
              .inForce()
              .trusted()
              .map(t -> t.key().publicKey().digest())
              .collect(Collectors.toSet());
      var breaks = new ArrayList<Break>();
      shownPresenting.forEach((p, who) -> {
        // Below a root that is trusted itself, no CA is trusted no more.
        boolean trusted =
            inForce.contains(p.key())
                || (p.format() == Format.X509
                    && authority.external().filter(External::trustsRoot).isPresent());
        int before = breaks.size();
        trusting.forEach((t, verifiers) -> {
          boolean asked = t.heard() && t.formats().contains(p.format());
          if (known.containsKey(p.key()) && asked && !alone(who, verifiers) && !verifies(p, t)) {
            breaks.add(broken(p, who, t, verifiers, trusted ? Side.VERIFIERS : Side.PRESENTERS));
          }
        });
        if (!trusted && known.containsKey(p.key()) && before == breaks.size()) {
          breaks.add(
              new Break(
                  p.format(),
                  p.key(),
                  generation(p),
                  who,
                  new TreeSet<>(),
                  true,
                  Side.PRESENTERS,
                  heardPresenting.getOrDefault(p, new TreeSet<>())));
        }
      });
      return new Forecast("now", breaks);
    }

    /** Nobody asks itself. */
    private static boolean alone(
        SortedSet<ParticipantName> presenters, SortedSet<ParticipantName> verifiers) {
      return presenters.size() == 1 && presenters.equals(verifiers);
    }

    private boolean isGone(Presented p, Set<Digest> gone) {
      Key.Ready key = known.get(p.key());
      return key != null && gone.contains(authority.anchor(key));
    }

    /** No verifier is enrolled that would refuse it; whoever follows the bundle would. */
    private Optional<Break> unverified(Presented p) {
      return Optional.ofNullable(heardPresenting.get(p))
          .map(live ->
              new Break(
                  p.format(),
                  p.key(),
                  generation(p),
                  live,
                  new TreeSet<>(),
                  true,
                  Side.PRESENTERS,
                  live));
    }

    /** Who verifies what goes, and does not verify what comes in its place. */
    private List<Break> switched(Change change) {
      var breaks = new ArrayList<Break>();
      presented.forEach((old, who) -> {
        if (change.outgoing().contains(old.key())) {
          for (Key.Ready key : change.instead()) {
            var next = new Presented(key.format(), key.publicKey().digest());
            trusting.forEach((t, verifiers) -> {
              if (!alone(who, verifiers)
                  && key.format() == old.format()
                  && verifies(old, t)
                  && !verifies(next, t)) {
                breaks.add(broken(next, who, t, verifiers, Side.VERIFIERS));
              }
            });
          }
        }
      });
      return breaks;
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
        SortedSet<ParticipantName> verifiers,
        Side behind) {
      SortedSet<ParticipantName> live =
          behind == Side.PRESENTERS
              ? heardPresenting.getOrDefault(p, new TreeSet<>())
              : verifiers.stream()
                  .filter(this::isLive)
                  .collect(Collectors.toCollection(TreeSet::new));
      return new Break(
          p.format(), p.key(), generation(p), presenters, verifiers, t.heard(), behind, live);
    }

    private int generation(Presented p) {
      return authority.generations().values().stream()
          .filter(g -> g.owns(p.key()))
          .findFirst()
          .map(Generation::number)
          .orElse(0);
    }
  }
}
