package io.carousel.signer.token;

import io.carousel.events.KeyId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one login can see in a token.
 *
 * @param keys whole key pairs of known suites, in order of their ids
 * @param strays everything else: halves of pairs, keys of other kinds, certificates, data
 */
public record Inventory(List<TokenKey> keys, List<Stray> strays) {
  private static final Set<String> HALVES = Set.of("private key", "public key");

  /** Keeps copies. */
  public Inventory {
    keys = List.copyOf(keys);
    strays = List.copyOf(strays);
  }

  /**
   * An object that is no whole key pair of a known suite.
   *
   * @param kind what it is, in words: {@code private key}, {@code public key}, {@code certificate}…
   * @param id its {@code CKA_ID} as lowercase hex; empty if it has none
   * @param label its {@code CKA_LABEL}; empty if it has none
   */
  public record Stray(String kind, String id, String label) {}

  /** Ids that are of no pair because several private, or several public, keys have them. */
  public static List<KeyId> ambiguous(List<Stray> strays) {
    record Half(String kind, String id) {}
    return strays.stream()
        .filter(s -> !s.id().isEmpty() && HALVES.contains(s.kind()))
        .collect(Collectors.groupingBy(s -> new Half(s.kind(), s.id()), Collectors.counting()))
        .entrySet()
        .stream()
        .filter(e -> e.getValue() > 1)
        .map(e -> new KeyId(e.getKey().id()))
        .distinct()
        .sorted()
        .toList();
  }
}
