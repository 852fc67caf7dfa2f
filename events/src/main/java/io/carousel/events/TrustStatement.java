package io.carousel.events;

import java.util.List;

/**
 * What the keys of the built-in authority sign of a trust bundle: who is to be trusted, apart from
 * how far a rotation has come. Two bundles of one number have one statement.
 *
 * @param authority whose bundle it is
 * @param bundle its number
 * @param keys SHA-256 of the SubjectPublicKeyInfo of each X.509 CA key in it, sorted: all that is
 *     needed to know the servers of the built-in authority
 * @param content SHA-256 of all that verifiers get to trust
 */
public record TrustStatement(
    AuthorityName authority, long bundle, List<Digest> keys, Digest content) {
  /** Sorts. */
  public TrustStatement {
    keys = keys.stream().distinct().sorted().toList();
    if (bundle < 1) {
      throw new IllegalArgumentException("trust bundles are numbered from 1");
    }
  }
}
