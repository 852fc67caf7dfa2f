package io.carousel.orchestrator.evidence;

import io.carousel.events.AuthorityName;
import io.carousel.events.LeafResult;
import io.carousel.events.LeafResult.LeafSigned;
import io.carousel.events.Serial;
import io.carousel.orchestrator.rules.Evidence.Issued;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Every credential that was issued and has not expired, with what shows possession. */
public final class IssuedRegister {
  private final Map<AuthorityName, Map<Serial, Entry>> entries = new ConcurrentHashMap<>();
  private final Map<AuthorityName, Map<Serial, Issued>> unproven = new ConcurrentHashMap<>();

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
          .computeIfAbsent(signed.authority(), _ -> new ConcurrentHashMap<>())
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
          .computeIfAbsent(signed.authority(), _ -> new ConcurrentHashMap<>())
          .putIfAbsent(signed.serial(), issued(signed));
    }
  }

  /** What is unexpired of that authority, by serial number. */
  List<Issued> of(AuthorityName authority, Instant now) {
    var all = new TreeMap<Serial, Issued>();
    Map<Serial, Issued> doubtful = unproven.getOrDefault(authority, Map.of());
    doubtful.values().removeIf(i -> !i.notAfter().isAfter(now));
    all.putAll(doubtful);
    Map<Serial, Entry> own = entries.getOrDefault(authority, Map.of());
    own.values().removeIf(e -> !e.issued().notAfter().isAfter(now));
    own.forEach((serial, entry) -> all.put(serial, entry.issued()));
    return List.copyOf(all.values());
  }

  Optional<Entry> find(AuthorityName authority, Serial serial) {
    return Optional.ofNullable(entries.getOrDefault(authority, Map.of()).get(serial));
  }

  private static Entry entry(LeafSigned signed) {
    return new Entry(issued(signed), Possession.of(signed));
  }

  private static Issued issued(LeafSigned signed) {
    return new Issued(
        signed.participant(),
        signed.identity(),
        signed.format(),
        signed.profile(),
        signed.serial(),
        signed.issuerKey(),
        signed.generation(),
        signed.slot(),
        signed.notAfter());
  }
}
