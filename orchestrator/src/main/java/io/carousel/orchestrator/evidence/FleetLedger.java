package io.carousel.orchestrator.evidence;

import io.carousel.events.AuthorityName;
import io.carousel.events.Digest;
import io.carousel.events.GateEvidence.TopicOffset;
import io.carousel.events.HouseId;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.orchestrator.rules.Authority;
import io.carousel.orchestrator.rules.Evidence;
import io.carousel.orchestrator.rules.Evidence.Shown;
import io.carousel.orchestrator.rules.Evidence.ShownCanary;
import io.carousel.orchestrator.rules.Evidence.ShownCredential;
import io.carousel.orchestrator.rules.House;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest report of each participant about each authority, by its counter. Proofs of possession
 * are checked when a gate asks, since a report may arrive before the result that it speaks of; what
 * held once is remembered with the report.
 */
public final class FleetLedger {
  /** A verifier is tried once in a rotation; more of them are noise. */
  private static final int MOST_TRIED = 4;

  private final IssuedRegister register;
  private final Map<AuthorityName, Map<ParticipantName, Entry>> newest = new ConcurrentHashMap<>();

  /** With that register of issued credentials. */
  public FleetLedger(IssuedRegister register) {
    this.register = register;
  }

  /**
   * @param proven what it presents; null until all of it is known to hold
   */
  private record Entry(
      Report report,
      Digest identity,
      Instant heard,
      List<ShownCredential> proven,
      List<ShownCanary> tried) {
    boolean isNewerThan(Entry other) {
      return !identity.equals(other.identity) || report.counter() > other.report.counter();
    }
  }

  /**
   * Takes a report whose own signature was checked. An older one than is known changes nothing,
   * unless that one is of somebody else, who had the name before.
   *
   * @param identity SHA-256 of the identity key that signed it
   */
  public void take(Report report, Digest identity, Instant heard) {
    var entry = new Entry(report, identity, heard, null, List.of());
    Map<ParticipantName, Entry> of =
        newest.computeIfAbsent(report.authority(), _ -> new ConcurrentHashMap<>());
    of.merge(report.participant(), entry, (old, next) -> next.isNewerThan(old) ? next : old);
  }

  /** What is known about that authority. */
  public Evidence of(House house, AuthorityName authority, List<TopicOffset> offsets, Instant now) {
    HouseId id = house.id().orElseThrow();
    Map<ParticipantName, Entry> reports = newest.getOrDefault(authority, Map.of());
    var shown = new HashMap<ParticipantName, Shown>();
    reports.forEach((name, entry) -> {
      if (isOfWhoHasTheNameNow(house, entry)) {
        shown.put(name, shown(proven(id, reports, name, entry, tried(house, entry))));
      }
    });
    return new Evidence(shown, register.of(authority, now), offsets, now);
  }

  private static boolean isOfWhoHasTheNameNow(House house, Entry entry) {
    return house
        .participant(entry.report().participant())
        .filter(p -> p.identityKey().digest().equals(entry.identity()))
        .isPresent();
  }

  /** What the verifier did with the canaries that the report speaks of; once told, as it was. */
  private static List<ShownCanary> tried(House house, Entry entry) {
    Report r = entry.report();
    if (entry.proven() != null || r.tried().isEmpty()) {
      return entry.tried();
    }
    Optional<Authority> authority = house.authority(r.authority());
    return r.tried().stream()
        .limit(MOST_TRIED)
        .flatMap(
            t -> authority.flatMap(a -> CanaryCheck.of(house.id().orElseThrow(), a, r, t)).stream())
        .toList();
  }

  private Entry proven(
      HouseId house,
      Map<ParticipantName, Entry> reports,
      ParticipantName name,
      Entry entry,
      List<ShownCanary> tried) {
    if (entry.proven() != null) {
      return entry;
    }
    Report r = entry.report();
    List<ShownCredential> held =
        r.presents().stream()
            .filter(p -> ReportCheck.flaw(house, r, p, register).isEmpty())
            .map(p -> new ShownCredential(p.format(), p.profile(), p.serial(), p.issuerKey()))
            .toList();
    if (held.size() < r.presents().size()) {
      // Its result may still be on its way: nothing is remembered, so that it is checked again.
      return new Entry(r, entry.identity(), entry.heard(), held, tried);
    }
    var checked = new Entry(r, entry.identity(), entry.heard(), held, tried);
    reports.replace(name, entry, checked);
    return checked;
  }

  private static Shown shown(Entry entry) {
    Report r = entry.report();
    return new Shown(
        r.counter(),
        r.bundle(),
        r.challenge(),
        new HashSet<>(r.trusts()),
        entry.proven(),
        entry.tried(),
        r.trouble(),
        entry.heard());
  }
}
