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
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every credential that was issued and has not expired, with what shows possession. */
public final class IssuedRegister {
  /** Issuers, slots, and when credentials end: many in the same second. */
  private static final int REPEATED = 4_096;

  private static final byte END = 0;
  private static final byte PROVEN = 1;
  private static final byte UNPROVEN = 2;

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

  /** How many it holds. */
  public long size() {
    return Stream.concat(entries.values().stream(), unproven.values().stream())
        .mapToLong(Map::size)
        .sum();
  }

  /**
   * Writes what is unexpired, for {@link #restore}. Results may be taken meanwhile: what was taken
   * before the call is in it.
   */
  public void save(DataOutput out, Instant now) throws IOException {
    for (var of : entries.entrySet()) {
      for (Entry e : of.getValue().values()) {
        if (e.issued().notAfter().isAfter(now)) {
          out.writeByte(PROVEN);
          RegisterEntries.write(out, of.getKey(), e.issued());
          RegisterEntries.write(out, e.possession());
        }
      }
    }
    for (var of : unproven.entrySet()) {
      for (Issued i : of.getValue().values()) {
        if (i.notAfter().isAfter(now)) {
          out.writeByte(UNPROVEN);
          RegisterEntries.write(out, of.getKey(), i);
        }
      }
    }
    out.writeByte(END);
  }

  /**
   * Takes in what {@link #save} wrote.
   *
   * @throws IOException if it is something else; some of it may have been taken in by then
   */
  public void restore(DataInput in) throws IOException {
    try {
      for (byte kind = in.readByte(); kind != END; kind = in.readByte()) {
        restore(in, kind);
      }
    } catch (RuntimeException e) {
      throw new IOException("what was kept is no register: " + e.getMessage(), e);
    }
  }

  private void restore(DataInput in, byte kind) throws IOException {
    var authority = shared.one(new AuthorityName(in.readUTF()));
    Issued read = RegisterEntries.issued(in);
    Issued issued = known(read);
    switch (kind) {
      case PROVEN ->
          entries
              .computeIfAbsent(authority, _ -> new ConcurrentSkipListMap<>())
              .putIfAbsent(issued.serial(), new Entry(issued, RegisterEntries.possession(in)));
      case UNPROVEN ->
          unproven
              .computeIfAbsent(authority, _ -> new ConcurrentSkipListMap<>())
              .putIfAbsent(issued.serial(), issued);
      default -> throw new IOException("there is no entry of kind " + kind);
    }
  }

  /** Forgets everything. */
  public void clear() {
    entries.clear();
    unproven.clear();
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
    return known(
        new Issued(
            signed.participant(),
            signed.identity(),
            signed.format(),
            signed.profile(),
            signed.serial(),
            signed.issuerKey(),
            signed.generation(),
            signed.slot(),
            signed.notAfter()));
  }

  /** The same, with what is known already in the place of what is equal. */
  private Issued known(Issued i) {
    Optional<Participant> member = members.apply(i.holder());
    return new Issued(
        member.map(Participant::name).orElse(i.holder()),
        member.map(m -> m.identityKey().digest()).filter(i.identity()::equals).orElse(i.identity()),
        i.format(),
        i.profile(),
        i.serial(),
        shared.one(i.issuerKey()),
        i.generation(),
        shared.one(i.slot()),
        shared.one(i.notAfter()));
  }
}
