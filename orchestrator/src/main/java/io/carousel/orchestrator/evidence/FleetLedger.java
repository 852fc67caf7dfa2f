package io.carousel.orchestrator.evidence;

import io.carousel.events.AuthorityName;
import io.carousel.events.Bytes;
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
import io.carousel.orchestrator.rules.Participant;
import io.carousel.orchestrator.rules.Shared;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What each participant has last shown about each authority, by the counter of its reports. Proofs
 * are checked as they come; where one does not hold, the report is kept and looked at again when a
 * gate asks, since it may have come before the result that it speaks of.
 */
public final class FleetLedger {
  /** A verifier is tried once in a rotation; more of them are noise. */
  private static final int MOST_TRIED = 4;

  /** Challenges, and sets of keys that are trusted. */
  private static final int REPEATED = 4_096;

  private final IssuedRegister register;
  private final Shared shared = new Shared(REPEATED);
  private final Map<AuthorityName, Map<ParticipantName, Entry>> newest = new ConcurrentHashMap<>();

  /** With that register of issued credentials. */
  public FleetLedger(IssuedRegister register) {
    this.register = register;
  }

  /**
   * What was last shown.
   *
   * @param identity the key that signed it
   * @param shown as far as it is proven
   * @param open the report, as long as not all that it presents is known to hold
   */
  private record Entry(Bytes identity, Shown shown, Optional<Report> open) {
    boolean isNewerThan(Entry other) {
      return !identity.equals(other.identity) || shown.counter() > other.shown.counter();
    }
  }

  /**
   * Takes a report whose own signature was checked. An older one than is known changes nothing,
   * unless that one is of somebody else, who had the name before.
   *
   * @param identity the identity key that signed it
   */
  public void take(House house, Report report, Bytes identity, Instant heard) {
    Map<ParticipantName, Entry> of =
        newest.computeIfAbsent(report.authority(), _ -> new ConcurrentHashMap<>());
    var entry = entry(house, report, identity, heard);
    of.merge(
        asKnown(house, report.participant()),
        entry,
        (old, next) -> next.isNewerThan(old) ? next : old);
  }

  /** The same name, as the house holds it already. */
  private static ParticipantName asKnown(House house, ParticipantName name) {
    return house.participant(name).map(Participant::name).orElse(name);
  }

  /** What is known about that authority. */
  public Evidence of(House house, AuthorityName authority, List<TopicOffset> offsets, Instant now) {
    Map<ParticipantName, Entry> reports = newest.getOrDefault(authority, Map.of());
    Map<ParticipantName, Shown> shown = HashMap.newHashMap(reports.size());
    reports.forEach((name, entry) -> {
      if (isOfWhoHasTheNameNow(house, name, entry)) {
        shown.put(name, proven(house, reports, name, entry).shown());
      }
    });
    return new Evidence(shown, register.of(authority, now), offsets, now);
  }

  private static boolean isOfWhoHasTheNameNow(House house, ParticipantName name, Entry entry) {
    Participant p = house.participants().get(name);
    return p != null && p.identityKey().equals(entry.identity());
  }

  /** With what has become known since, if anything was open. */
  private Entry proven(
      House house, Map<ParticipantName, Entry> reports, ParticipantName name, Entry entry) {
    if (entry.open().isEmpty()) {
      return entry;
    }
    Entry now = entry(house, entry.open().get(), entry.identity(), entry.shown().heard());
    if (now.open().isEmpty()) {
      reports.replace(name, entry, now);
    }
    return now;
  }

  /** What a report shows; it stays open where a result may still be on its way. */
  private Entry entry(House house, Report r, Bytes identity, Instant heard) {
    HouseId id = house.id().orElseThrow();
    List<ShownCredential> held =
        r.presents().stream().flatMap(p -> register.held(id, r, p).stream()).toList();
    List<ShownCanary> tried = tried(house, r);
    var shown =
        new Shown(
            r.counter(),
            r.bundle(),
            shared.one(r.challenge()),
            shared.one(Set.copyOf(r.trusts())),
            held,
            tried,
            r.trouble(),
            r.earlierConnections(),
            heard);
    boolean open =
        held.size() < r.presents().size() || tried.size() < Math.min(r.tried().size(), MOST_TRIED);
    return new Entry(identity, shown, open ? Optional.of(r) : Optional.empty());
  }

  /** What the verifier did with the canaries that the report speaks of. */
  private static List<ShownCanary> tried(House house, Report r) {
    if (r.tried().isEmpty()) {
      return List.of();
    }
    HouseId id = house.id().orElseThrow();
    Optional<Authority> authority = house.authority(r.authority());
    return r.tried().stream()
        .limit(MOST_TRIED)
        .flatMap(t -> authority.flatMap(a -> CanaryCheck.of(id, a, r, t)).stream())
        .toList();
  }
}
