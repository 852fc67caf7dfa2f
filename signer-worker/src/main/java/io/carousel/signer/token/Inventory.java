package io.carousel.signer.token;

import java.util.List;

/**
 * What one login can see in a token.
 *
 * @param keys whole key pairs of known suites, in order of their ids
 * @param strays everything else: halves of pairs, keys of other kinds, certificates, data
 */
public record Inventory(List<TokenKey> keys, List<Stray> strays) {

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
}
