package io.carousel.orchestrator.evidence;

import io.carousel.events.AuthorityName;
import io.carousel.events.HouseId;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.ParticipantName;
import io.carousel.events.Report;
import io.carousel.events.Serial;
import io.carousel.orchestrator.rules.Evidence.Issued;
import io.carousel.orchestrator.rules.Evidence.ShownCredential;
import io.carousel.orchestrator.rules.Participant;
import io.carousel.orchestrator.rules.Shared;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/** Every credential that was issued and has not expired, with what shows possession. */
public final class IssuedRegister {
  /** Issuers, slots, and when credentials end: many in the same second. */
  private static final int REPEATED = 4_096;

  /** Who the participants are: their names and identities are kept once. */
  private final Function<ParticipantName, Optional<Participant>> members;

  private final Map<AuthorityName, Map<Serial, Entry>> entries = new ConcurrentHashMap<>();
  private final Map<AuthorityName, Map<Serial, Issued>> unproven = new ConcurrentHashMap<>();
  private final Shared shared = new Shared(REPEATED);

  /**
   * Of that fleet.
   *
   * @param members may know fewer than are issued something
   */
  public IssuedRegister(Function<ParticipantName, Optional<Participant>> members) {
    this.members = members;
  }

  /**
   * One credential.
   *
   * @param possession by what its holder shows that it has it
   */
  record Entry(Issued issued, Possession possession) {}

  /** Takes note of a result whose authorship was checked; a refusal issued nothing. */
  public void take(LeafResult result) {
    if (result instanceof LeafSigned signed) {
      entries
          .computeIfAbsent(signed.authority(), _ -> new ConcurrentSkipListMap<>())
          .computeIfAbsent(signed.serial(), _ -> entry(signed));
    }
  }

  /**
   * Takes note of a result that nobody enrolled now has signed, as when its worker was removed
   * since. It may hold a gate closed, and proves nothing.
   */
  public void takeUnproven(LeafResult result) {
    if (result instanceof LeafSigned signed) {
      unproven
          .computeIfAbsent(signed.authority(), _ -> new ConcurrentSkipListMap<>())
          .putIfAbsent(signed.serial(), issued(signed));
    }
  }

  /** What is unexpired of that authority, by serial number. */
  List<Issued> of(AuthorityName authority, Instant now) {
    Map<Serial, Issued> doubtful = unproven.getOrDefault(authority, Map.of());
    doubtful.values().removeIf(i -> !i.notAfter().isAfter(now));
    Map<Serial, Entry> own = entries.getOrDefault(authority, Map.of());
    own.values().removeIf(e -> !e.issued().notAfter().isAfter(now));
    if (doubtful.isEmpty()) {
      return own.values().stream().map(Entry::issued).toList();
    }
    var all = new TreeMap<Serial, Issued>(doubtful);
    own.forEach((serial, entry) -> all.put(serial, entry.issued()));
    return List.copyOf(all.values());
  }

  /** What is shown by that, if its participant was issued it and has shown that it has it. */
  Optional<ShownCredential> held(HouseId house, Report report, Report.Presented shown) {
    return find(report.authority(), shown.serial())
        .filter(_ -> ReportCheck.flaw(house, report, shown, this).isEmpty())
        .map(Entry::issued)
        .map(i ->
            new ShownCredential(
                i.format(), i.profile(), i.serial(), i.issuerKey(), shown.observed()));
  }

  Optional<Entry> find(AuthorityName authority, Serial serial) {
    return Optional.ofNullable(entries.getOrDefault(authority, Map.of()).get(serial));
  }

  private Entry entry(LeafSigned signed) {
    return new Entry(issued(signed), Possession.of(signed));
  }

  private Issued issued(LeafSigned signed) {
    Optional<Participant> member = members.apply(signed.participant());
    return new Issued(
        member.map(Participant::name).orElse(signed.participant()),
        member
            .map(m -> m.identityKey().digest())
            .filter(signed.identity()::equals)
            .orElse(signed.identity()),
        signed.format(),
        signed.profile(),
        signed.serial(),
        shared.one(signed.issuerKey()),
        signed.generation(),
        shared.one(signed.slot()),
        shared.one(signed.notAfter()));
  }
}
