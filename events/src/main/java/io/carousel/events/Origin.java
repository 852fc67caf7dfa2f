package io.carousel.events;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the keys of a generation come from, beside those that are generated for it.
 *
 * @param adopted keys that are in tokens already, by place
 * @param imported public keys of a CA elsewhere: the generation is verify-only, and has no others
 */
public record Origin(List<Adoption> adopted, List<ForeignKey> imported) {
  /** Every key is generated. */
  public static final Origin NEW = new Origin(List.of(), List.of());

  /** Sorts; nothing stands in it twice. */
  public Origin {
    adopted = adopted.stream().sorted(Comparator.comparing(Adoption::place)).toList();
    imported = imported.stream().sorted(Comparator.comparing(ForeignKey::format)).toList();
    if (!adopted.isEmpty() && !imported.isEmpty()) {
      throw new IllegalArgumentException(
          "keys of a token are adopted, or those of a CA elsewhere imported, but not both");
    }
    if (adopted.stream().map(Adoption::place).distinct().count() != adopted.size()
        || adopted.stream().map(Adoption::key).distinct().count() != adopted.size()) {
      throw new IllegalArgumentException("adopt one key for each slot and format, and none twice");
    }
    if (!isOnce(imported)) {
      throw new IllegalArgumentException("import each key once");
    }
  }

  /** A key for tokens may stand beside itself under another name, or for another algorithm. */
  private static boolean isOnce(List<ForeignKey> imported) {
    Set<ForeignKey> names = new HashSet<>();
    Map<Bytes, Format> formats = new HashMap<>();
    for (ForeignKey key : imported) {
      Format before = formats.putIfAbsent(key.publicKey(), key.format());
      boolean another = before == Format.JWT && key.format() == Format.JWT;
      if (!names.add(key) || (before != null && !another)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the generation signs nothing here. */
  public boolean verifyOnly() {
    return !imported.isEmpty();
  }

  /** Whether credentials of it may exist that this house did not issue. */
  public boolean elsewhere() {
    return verifyOnly() || !adopted.isEmpty();
  }

  /** The key that is adopted there. */
  public Optional<Adoption> adoption(KeyPlace place) {
    return adopted.stream().filter(a -> a.place().equals(place)).findFirst();
  }
}
