package io.carousel.orchestrator.rules;

import io.carousel.events.Digest;
import io.carousel.events.SlotName;
import io.carousel.events.Suite;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/**
 * What an authority signs with between two rotations: one key for each slot.
 *
 * @param retired since when it signs no more; empty while it may
 */
public record Generation(
    int number, Suite suite, SortedMap<SlotName, Key> keys, Optional<Instant> retired) {
  /** Keeps the keys in a persistent map. */
  public Generation {
    keys = House.persistent(keys);
  }

  static Generation of(int number, Suite suite) {
    return new Generation(number, suite, TreePMap.empty(), Optional.empty());
  }

  Generation with(Key key) {
    return new Generation(number, suite, House.persistent(keys).plus(key.slot(), key), retired);
  }

  Generation retiredAt(Instant at) {
    Generation out = new Generation(number, suite, keys, Optional.of(at));
    for (Key key : keys.values()) {
      if (key instanceof Key.Wanted wanted) {
        out = out.with(new Key.Withdrawn(wanted.slot(), wanted.command()));
      }
    }
    return out;
  }

  /** The keys that can sign. */
  public Stream<Key.Certified> certified() {
    return keys.values().stream()
        .filter(Key.Certified.class::isInstance)
        .map(Key.Certified.class::cast);
  }

  /** Whether every key it wants can sign. */
  public boolean complete() {
    return !keys.isEmpty() && certified().count() == keys.size();
  }

  /** Whether that key (SHA-256 of its SubjectPublicKeyInfo) is one of its own. */
  public boolean owns(Digest publicKey) {
    return keys.values().stream()
        .anyMatch(k -> k.publicKeyDigest().filter(publicKey::equals).isPresent());
  }
}
