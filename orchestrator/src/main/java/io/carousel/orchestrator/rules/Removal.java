package io.carousel.orchestrator.rules;

import io.carousel.events.Format;
import io.carousel.events.ParticipantName;
import io.carousel.events.Role;
import io.carousel.events.SlotName;
import io.carousel.events.Word;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Whether a retired generation of an authority below an external root is gone for verifiers. Its
 * certificates stay good until they expire, whatever becomes of its keys, for whoever trusts the
 * root. Pure.
 *
 * @param text for people
 */
public record Removal(int generation, State state, String text) {
  /** How it stands. */
  public enum State implements Word {
    /** Verifiers pin the CA certificates, and its own are in no bundle. */
    REMOVED("removed"),
    /** The same, and some verifiers have not shown yet that they let go of it. */
    LEAVING("leaving"),
    /** The root's CRL revokes it. */
    REVOKED("revoked"),
    /** The root has not revoked it, and verifiers trust the root, or are not known not to. */
    NOT_REMOVABLE("not-removable");

    private final String wire;

    State(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }

    @Override
    public String toString() {
      return wire;
    }
  }

  /**
   * How all of it stands.
   *
   * @param removals of each retired generation that is not over by itself
   * @param warnings what an operator must see about the root, CRLs from elsewhere and the ends of
   *     CA certificates
   * @param tails who still trusts what is retired
   * @param earlier connections that stand since before a CA left
   */
  public record Standing(
      List<Removal> removals,
      List<String> warnings,
      List<DistrustTail> tails,
      EarlierConnections earlier) {
    /** Copies. */
    public Standing {
      removals = List.copyOf(removals);
      warnings = List.copyOf(warnings);
      tails = List.copyOf(tails);
    }

    /** Now. */
    public static Standing of(House house, Authority a, Evidence evidence, Instant now) {
      return new Standing(
          Removal.of(house, a, evidence, now),
          Stream.of(
                  warning(a, now).stream(),
                  ForeignCrlRules.warnings(a, now),
                  CaEnds.warnings(a, now))
              .flatMap(all -> all)
              .toList(),
          DistrustTail.of(house, a, evidence),
          EarlierConnections.of(house, a.name(), evidence));
    }
  }

  /** Of each retired generation with a certificate of the root that has not expired. */
  public static List<Removal> of(House house, Authority a, Evidence evidence, Instant now) {
    return a.external().stream()
        .flatMap(external ->
            external.imported().stream()
                .filter(i -> i.notAfter().isAfter(now))
                .map(External.Imported::generation)
                .filter(g -> isRetired(a, g))
                .distinct()
                .sorted()
                .map(g -> of(house, a, external, g, evidence, now)))
        .toList();
  }

  private static boolean isRetired(Authority a, int generation) {
    return switch (a.phase()) {
      case Phase.Init p -> generation != p.active() && generation != p.successor();
      case Phase.Creating _ -> false;
      case Phase.Standby _,
          Phase.UpdateClients _,
          Phase.UpdateServers _,
          Phase.Rollback _,
          Phase.Joining _,
          Phase.Leaving _ ->
          !a.trusted().contains(generation);
    };
  }

  private static Removal of(
      House house, Authority a, External external, int generation, Evidence evidence, Instant now) {
    return external.trustsRoot()
        ? byCrl(house, a, external, generation, evidence, now)
        : byPins(house, a, external, generation, evidence);
  }

  private static Removal byPins(
      House house, Authority a, External external, int generation, Evidence evidence) {
    var behind = new ArrayList<ParticipantName>();
    var unshown = new ArrayList<ParticipantName>();
    for (ParticipantName name : verifiers(house, a)) {
      Optional<Evidence.Shown> shown = evidence.of(name).filter(s -> s.bundle() >= a.bundle());
      if (shown
          .filter(s -> s.trusts().stream().noneMatch(a.generation(generation)::owns))
          .isEmpty()) {
        behind.add(name);
      } else if (Pinning.flaw(shown.get(), external, Optional.of(generation)).isPresent()) {
        unshown.add(name);
      }
    }
    if (!unshown.isEmpty()) {
      return new Removal(
          generation,
          State.NOT_REMOVABLE,
          "NOT REMOVABLE: no canary has shown that %s refuses what it does not pin, and whoever trusts the root goes on accepting generation %d"
              .formatted(Refusal.few(unshown), generation));
    }
    return behind.isEmpty()
        ? new Removal(
            generation,
            State.REMOVED,
            "removed: verifiers pin the intermediates, as canaries have shown")
        : new Removal(
            generation,
            State.LEAVING,
            "being removed: verifiers pin the intermediates, and %s must still show that they let go of generation %d"
                .formatted(Refusal.few(behind), generation));
  }

  private static Removal byCrl(
      House house, Authority a, External external, int generation, Evidence evidence, Instant now) {
    Optional<X509CRL> crl = external.crl().map(RootCrlCheck::of);
    var unrevoked = new TreeSet<SlotName>();
    var all = new TreeSet<SlotName>();
    for (External.Imported i : external.imported()) {
      if (i.generation() == generation && i.notAfter().isAfter(now)) {
        all.add(i.slot());
        if (crl.filter(list -> RootCrlCheck.revokes(list, i.serial())).isEmpty()) {
          unrevoked.add(i.slot());
        }
      }
    }
    if (!unrevoked.isEmpty()) {
      String where = unrevoked.equals(all) ? "" : " on " + Refusal.few(List.copyOf(unrevoked));
      return new Removal(
          generation,
          State.NOT_REMOVABLE,
          "NOT REMOVABLE: verifiers trust the root, and its CRL does not revoke generation %d%s"
              .formatted(generation, where));
    }
    External.RootCrl known = external.crl().orElseThrow();
    List<ParticipantName> verifiers = verifiers(house, a);
    long held =
        verifiers.stream()
            .filter(name -> evidence.of(name).filter(s -> s.bundle() >= known.bundle()).isPresent())
            .count();
    return new Removal(
        generation,
        State.REVOKED,
        "revoked by the root's %s, held by %d of %d verifiers"
            .formatted(known.words(), held, verifiers.size()));
  }

  private static List<ParticipantName> verifiers(House house, Authority a) {
    return house
        .fleet(a.name())
        .filter(p ->
            p.membership(a.name())
                .filter(m -> m.has(Role.VERIFIES) && m.formats().contains(Format.X509))
                .isPresent())
        .map(Participant::name)
        .toList();
  }

  /** What an operator must see about the root itself. */
  public static Optional<String> warning(Authority a, Instant now) {
    return a.external()
        .flatMap(External::crl)
        .filter(crl -> crl.isStale(now))
        .map(crl ->
            "the root's %s is stale since %s: verifiers that insist on a fresh one refuse every credential; import the next with 'carousel authority root-crl %s FILE'"
                .formatted(crl.words(), crl.nextUpdate(), a.name()));
  }
}
